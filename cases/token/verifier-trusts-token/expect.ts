import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const FOR_CAP_BPF = { plain: null, helperOfCapBpf: null, loop: null, function: null, longest: null } as const;

export default expectation<typeof scenario>({
  about:
    'for a program loaded with a token the verifier checks the capabilities in the user namespace; without a token they do not count',
  commit: 'caf8f28e036c',
  source: 'https://git.kernel.org/torvalds/c/caf8f28e036c',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF', 'NET'] },
  behaviours: {
    'token-program/verifier-trust': 'all',
    'token-program/helpers-bpf': ['withoutToken', 'withToken.helperOfCapBpf', 'withoutPerfmon.helperOfCapBpf'],
    'token-program/helpers-perfmon': [
      'withoutToken.helperOfCapPerfmon',
      'withToken.helperOfCapPerfmon',
      'withoutPerfmon.helperOfCapPerfmon',
    ],
  },
  outcome: {
    withoutToken: {
      plain: null,
      helperOfCapBpf: 'EINVAL',
      loop: 'EINVAL',
      function: 'EPERM',
      longest: 'E2BIG',
      helperOfCapPerfmon: 'EINVAL',
      leakOfPointer: 'EACCES',
      unwrittenStack: 'EACCES',
    },
    withToken: { ...FOR_CAP_BPF, helperOfCapPerfmon: null, leakOfPointer: null, unwrittenStack: null },
    withoutPerfmon: {
      ...FOR_CAP_BPF,
      helperOfCapPerfmon: 'EINVAL',
      leakOfPointer: 'EACCES',
      unwrittenStack: 'EACCES',
    },
  },
});
