import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'the symbol of a program loaded with a token is listed; its constants are still blinded with bpf_jit_harden',
  commit: ['caf8f28e036c', 'd79a35497547'],
  source: 'https://docs.kernel.org/admin-guide/sysctl/net.html#bpf-jit-harden',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'NET', 'BPF_JIT', 'KALLSYMS'], files: ['/proc/sys/net/core/bpf_jit_harden'] },
  behaviours: { 'token-program/jit-trust': ['listed'], 'quirk/token-constants-hidden': ['constantsHidden'] },
  outcome: {
    listed: { withToken: true, withoutToken: false, initialRoot: true },
    compiled: true,
    // Whether to hide them is settled when the program is allocated, before it is given its token.
    constantsHidden: { withToken: true, withoutToken: true, initialRoot: false },
  },
  quirks: [
    {
      title: 'bpf_jit_harden=1 blinds the constants of a program although its token provides CAP_BPF',
      documented: 'bpf_jit_harden=1 blinds constants only without CAP_BPF, which the token provides',
      link: 'https://git.kernel.org/torvalds/c/d79a35497547',
      promised: { 'constantsHidden.withToken': false },
    },
  ],
});
