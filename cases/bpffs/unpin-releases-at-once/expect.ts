import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const released = { pinned: null, whilePinned: null, unlinked: null, afterwards: 'ENOENT' } as const;

export default expectation<typeof scenario>({
  about: 'the object is released before unlink of its last pin returns: its id is gone',
  commit: 'ee04cff9ed4d',
  source: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
  outcome: {
    hash: released,
    array: released,
    hashWithTimer: released,
    hashWithTimerNotPreallocated: released,
    lruHashWithTimer: released,
    program: released,
  },
  knownBugs: [
    {
      title: 'the object is released after an RCU grace period, in atomic context',
      fix: 'ee04cff9ed4d',
      fixedIn: ['6.1.157', '6.12.54', '6.18'],
      link: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
      instead: {
        'hash.afterwards': 'still there',
        'array.afterwards': 'still there',
        'hashWithTimer.afterwards': 'still there',
        'hashWithTimerNotPreallocated.afterwards': 'still there',
        'lruHashWithTimer.afterwards': 'still there',
        'program.afterwards': 'still there',
      },
    },
  ],
});
