import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'listmount takes the descriptor of a mount namespace where its request had a spare field',
  commit: '78f0e33cd6c9',
  source: 'LTP, listmount04; report of the kernel test robot',
  versions: ['6.8'],
  outcome: {
    without: null,
    // The field holds a descriptor, and -1 is none.
    noDescriptor: 'EBADF',
  },
  knownBugs: [
    {
      title: 'the field is spare and must be 0',
      fix: 'fs/namespace: correctly handle errors returned by grab_requested_mnt_ns',
      fixedIn: ['6.12.59'],
      instead: { noDescriptor: 'EINVAL' },
    },
  ],
});
