import { expectation } from 'kconform';
import { SLEPT } from '../atomic-sleep.ts';
import { releasedLate } from '../released-late.ts';
import type scenario from './scenario.ts';

const quiet = { hash: null, hashNotPreallocated: null, lruHash: null };

export default expectation<typeof scenario>({
  about: 'unlink of the last pin of a hash map with timers or work queues does not sleep in atomic context',
  commit: 'ee04cff9ed4d',
  source: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
  versions: ['6.10'], // bpf_wq
  needs: { config: ['DEBUG_ATOMIC_SLEEP'] },
  behaviours: {
    'unpin/hash-timer-quiet': ['timer.hash'],
    'unpin/no-prealloc-timer-quiet': ['timer.hashNotPreallocated'],
    'unpin/lru-timer-quiet': ['timer.lruHash'],
    'unpin/workqueue-quiet': ['workqueue'],
  },
  outcome: { timer: quiet, workqueue: quiet },
  knownBugs: [
    releasedLate(
      {
        'timer.hash': SLEPT,
        'timer.hashNotPreallocated': SLEPT,
        'timer.lruHash': SLEPT,
        'workqueue.hash': SLEPT,
        'workqueue.hashNotPreallocated': SLEPT,
        'workqueue.lruHash': SLEPT,
      },
      [{ kind: 'sleeping', frame: 'bpf_free_inode' }],
    ),
  ],
  limitMs: 20_000, // six reports, each a second after the one before
});
