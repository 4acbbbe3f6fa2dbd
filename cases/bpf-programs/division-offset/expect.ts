import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'the verifier refuses arithmetic with an offset that has no meaning',
  needs: { config: ['BPF_SYSCALL'] },
  versions: ['6.6'],
  outcome: {
    unsigned: null,
    signed: null,
    two: 'EINVAL',
    negative: 'EINVAL',
  },
  knownBugs: [
    {
      title: 'a negative offset is accepted',
      fix: 'bpf: Reject negative offsets for ALU ops',
      fixedIn: ['6.12.53'],
      instead: { negative: null },
    },
  ],
});
