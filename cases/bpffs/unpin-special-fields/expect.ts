import { byVersion, expectation } from 'kconform';
import type scenario from './scenario.ts';

const ALLOWED = { hash: null, hashNotPreallocated: null, lruHash: null, array: null } as const;
const PER_CPU = 'EOPNOTSUPP';
const notPerCpu = { ...ALLOWED, percpuHash: PER_CPU, percpuArray: PER_CPU, lruPercpuHash: PER_CPU } as const;

const anywhere = { ...ALLOWED, percpuHash: null, percpuArray: null, lruPercpuHash: null } as const;

const SPECIAL = '00'.repeat(16);
const plain = (size: number) => 'ff'.repeat(size);

export default expectation<typeof scenario>({
  about: 'hash maps and arrays can have timers and work queues, per-CPU maps cannot; other structures are plain data',
  commit: '68134668c17f',
  source: 'https://git.kernel.org/torvalds/c/68134668c17f',
  versions: ['6.1'],
  behaviours: { 'unpin/special-fields': 'all' },
  outcome: {
    created: {
      timer: notPerCpu,
      workqueue: byVersion({ '6.1': anywhere, '6.10': notPerCpu }),
      otherName: anywhere,
    },
    kept: {
      timer: SPECIAL,
      workqueue: byVersion({ '6.1': plain(16), '6.10': SPECIAL }), // 6.10 has bpf_wq
      otherName: plain(16),
      timerOfOtherSize: plain(8),
      workqueueOfOtherSize: plain(8),
      bpfTaskWork: plain(16),
    },
  },
});
