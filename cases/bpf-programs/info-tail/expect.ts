import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'what a program of the future asks for after the last field that the kernel knows must be 0',
  needs: { config: ['BPF_SYSCALL'] },
  outcome: {
    zeros: null,
    afterTheEnd: 'E2BIG',
    inThePadding: 'E2BIG',
  },
  knownBugs: [
    {
      title: 'the padding at the end is not checked',
      fix: 'bpf: Check tail zero of bpf_prog_info',
      fixedIn: ['6.12.97'],
      instead: { inThePadding: null },
    },
  ],
});
