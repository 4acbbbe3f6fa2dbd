import { bpf, eachOf, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a token loads programs of the delegated attach types; a program without one counts as the first type, or as the type that the kernel sets',
  commit: 'caf8f28e036c',
  source: 'https://git.kernel.org/torvalds/c/caf8f28e036c',
  versions: ['6.10'], // kprobe sessions are the newest of the attach types below
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF', 'NET', 'INET', 'CGROUP_BPF', 'BPF_EVENTS'] },
  behaviours: {
    'token-program/delegated': ['delegated'],
    'token-program/attach-not-delegated': ['neighboursDelegated'],
    'token-program/unknown-type': ['unknown'],
    'token-program/attach-zero': ['nameless.firstDelegated'],
    'token-program/attach-fixed-up': ['nameless.fixedUpDelegated'],
  },
  outcome: {
    delegated: eachOf(bpf.ATTACH_TYPE, () => null),
    neighboursDelegated: eachOf(bpf.ATTACH_TYPE, () => 'EPERM' as const),
    unknown: { attachType: 'EPERM', progType: 'EPERM' },
    nameless: {
      firstDelegated: {
        socketFilter: null,
        kprobe: null,
        cgroupSkb: null,
        cgroupSock: 'EPERM',
        skReuseport: 'EPERM',
      },
      fixedUpDelegated: {
        socketFilter: 'EPERM',
        kprobe: 'EPERM',
        cgroupSkb: 'EPERM',
        cgroupSock: null,
        skReuseport: null,
      },
    },
  },
});
