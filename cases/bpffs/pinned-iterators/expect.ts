import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'each open of a pinned iterator runs the current program of its link, for users who may read the file',
  commit: 'ae24345da54e',
  source: 'https://docs.kernel.org/bpf/bpf_iterators.html',
  needs: { config: ['DEBUG_INFO_BTF', 'BPF_SYSCALL'] },
  behaviours: { 'read/iterator': 'all' },
  outcome: {
    pinned: { pin: null },
    mode: '100600',
    texts: { first: 'abcd', second: 'abcd' },
    update: null,
    updated: { openedBefore: 'abcd', openedAfter: 'ABCD' },
    withoutDescriptors: 'ABCD',
    byUser: { mode600: 'EACCES', mode000: 'EACCES', mode444: null, mode444ToWrite: 'EACCES' },
    textByUser: 'ABCD',
    got: { get: null },
  },
});
