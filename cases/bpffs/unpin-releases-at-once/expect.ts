import { expectation } from 'kconform';
import { releasedLate } from '../released-late.ts';
import type scenario from './scenario.ts';

const released = { pinned: null, whilePinned: null, unlinked: null, afterwards: 'ENOENT' } as const;

export default expectation<typeof scenario>({
  about: 'unlink of the last pin releases the object before it returns: the id is gone',
  commit: 'ee04cff9ed4d',
  source: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
  behaviours: {
    'unpin/map-at-once': ['hash', 'array', 'hashWithTimer', 'hashWithTimerNotPreallocated', 'lruHashWithTimer'],
    'unpin/program-at-once': ['program'],
  },
  outcome: {
    hash: released,
    array: released,
    hashWithTimer: released,
    hashWithTimerNotPreallocated: released,
    lruHashWithTimer: released,
    program: released,
  },
  knownBugs: [
    releasedLate({
      'hash.afterwards': 'still there',
      'array.afterwards': 'still there',
      'hashWithTimer.afterwards': 'still there',
      'hashWithTimerNotPreallocated.afterwards': 'still there',
      'lruHashWithTimer.afterwards': 'still there',
      'program.afterwards': 'still there',
    }),
  ],
});
