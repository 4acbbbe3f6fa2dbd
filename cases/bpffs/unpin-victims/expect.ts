import { expectation } from 'kconform';
import { releasedLate } from '../released-late.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'rename over a pin, umount, and the end of the last hard link or descriptor release the object at once, and not earlier',
  commit: 'ee04cff9ed4d',
  source: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
  behaviours: {
    'unpin/rename-over': ['renameOver'],
    'unpin/hard-link': ['firstUnlink', 'secondUnlink'],
    'unpin/o-path': ['unlinkHeld', 'closePath'],
    'unpin/descriptor-open': ['unlinkOpen', 'closeOpen'],
    'unpin/umount': ['umount'],
  },
  outcome: {
    renameOver: { rename: null, replaced: 'ENOENT', moved: null },
    firstUnlink: { call: null, map: null },
    secondUnlink: { call: null, map: 'ENOENT' },
    unlinkHeld: { call: null, map: null },
    closePath: { call: null, map: 'ENOENT' },
    unlinkOpen: { call: null, map: null },
    closeOpen: { call: null, map: 'ENOENT' },
    umount: { pinProgram: null, closeProgram: null, umount: null, map: 'ENOENT', program: 'ENOENT' },
  },
  knownBugs: [
    releasedLate({
      'renameOver.replaced': null,
      'secondUnlink.map': null,
      'closePath.map': null,
      'umount.map': null,
      'umount.program': null,
    }),
  ],
});
