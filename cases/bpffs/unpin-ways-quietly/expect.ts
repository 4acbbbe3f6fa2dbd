import { expectation } from 'kconform';
import { SLEPT } from '../atomic-sleep.ts';
import { releasedLate } from '../released-late.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'releasing a hash map with timers does not sleep in atomic context, whichever way its last pin is removed',
  commit: 'ee04cff9ed4d',
  source: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
  versions: ['6.9'],
  needs: { config: ['DEBUG_ATOMIC_SLEEP'] },
  behaviours: {
    'unpin/hash-timer-quiet': ['released'],
    'unpin/hard-link': ['kept.firstLink', 'released.lastLink'],
    'unpin/rename-over': ['released.renameOver'],
    'unpin/umount': ['released.umount'],
    'unpin/descriptor-open': ['kept.descriptorOpen'],
    'unpin/array-quiet': ['other'],
  },
  outcome: {
    released: { lastLink: null, renameOver: null, umount: null },
    kept: { firstLink: null, descriptorOpen: null },
    other: { array: null, otherName: null, otherSize: null, bpfTaskWork: null, closedLast: null },
  },
  knownBugs: [
    releasedLate({ 'released.lastLink': SLEPT, 'released.renameOver': SLEPT, 'released.umount': SLEPT }, [
      { kind: 'sleeping', frame: 'bpf_free_inode' },
    ]),
  ],
  limitMs: 15_000, // three reports, each a second after the one before
});
