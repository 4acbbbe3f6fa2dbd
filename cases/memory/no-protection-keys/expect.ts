import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'where the CPU has no protection keys, pkey_alloc says that none is left',
  source: 'pkey_alloc(2)',
  machine: { kernelParameters: ['nopku'] },
  outcome: {
    allocate: 'ENOSPC',
    wrongFlags: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'it says that the arguments are wrong',
      fix: 'x86/pkeys: Fix pkey_alloc() return value when pkeys are not supported',
      fixedIn: ['6.12.110'],
      instead: { allocate: 'EINVAL' },
    },
  ],
});
