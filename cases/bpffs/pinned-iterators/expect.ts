import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a pinned iterator runs at each open, for whom its file allows to read, with the program its link then has',
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
