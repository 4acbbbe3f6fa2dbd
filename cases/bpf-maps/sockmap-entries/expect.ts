import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a sockmap has at most INT_MAX entries',
  needs: { config: ['BPF_SYSCALL', 'INET'] },
  outcome: {
    one: null,
    none: 'EINVAL',
    tooMany: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'the kernel tries to allocate more',
      fix: 'bpf, sockmap: Reject max_entries > INT_MAX in sock_map_alloc',
      fixedIn: ['6.12.112'],
      instead: { tooMany: 'ENOMEM' },
    },
  ],
});
