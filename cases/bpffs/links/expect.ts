import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'symbolic links can be created, with dots in their targets, and are followed; a pin can have more hard links',
  commit: '0f98621bef5d',
  source: 'https://git.kernel.org/torvalds/c/0f98621bef5d',
  behaviours: {
    'names/symlinks': ['symbolic', 'target', 'symlink'],
    'names/hard-links': ['hard', 'linksOfPin', 'sameInode', 'linksAfterUnlink'],
    'get/through-links': ['symbolic.getThrough', 'symbolic.getThroughParent'],
    'pin/exists': ['symbolic.pinOverDangling'],
    'quirk/symlink-size': ['symlink.size'],
  },
  outcome: {
    symbolic: {
      pinned: null,
      toPin: null,
      toDirectory: null,
      dotsInTarget: null,
      again: 'EEXIST',
      getThrough: null,
      getThroughParent: null,
      pinThroughParent: null,
      secondIsThere: null,
      pinOverDangling: 'EEXIST',
      getDangling: 'ENOENT',
    },
    target: '../some.where/x.y',
    symlink: { mode: '120777', nlink: 1, size: 0 },
    hard: {
      link: null,
      get: null,
      ofADirectory: 'EPERM',
      overExisting: 'EEXIST',
      toAnotherMount: 'EXDEV',
      outOfBpffs: 'EXDEV',
    },
    linksOfPin: 2,
    sameInode: true,
    linksAfterUnlink: [null, 1],
  },
  quirks: [
    {
      title: 'st_size of a symbolic link is 0',
      documented: 'st_size of a symbolic link is the length of its target',
      link: 'https://man7.org/linux/man-pages/man3/stat.3type.html',
      promised: { 'symlink.size': 5 },
    },
  ],
});
