import { anyOf, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'names with a dot are reserved: every operation fails with EPERM, whether the name exists or not',
  commit: '6d8cb045cde6',
  source: 'https://git.kernel.org/torvalds/c/6d8cb045cde6',
  behaviours: {
    'names/dots-reserved': ['dotted', 'without.linkDotted'],
    'names/missing': ['without'],
    'quirk/dots-in-mode-0': ['closedDirectory'],
  },
  outcome: {
    dotted: {
      stat: 'EPERM',
      hidden: 'EPERM',
      atTheEnd: 'EPERM',
      inADirectory: 'EPERM',
      preloaded: anyOf('EPERM', null), // there where the kernel brings iterators along; never just missing,
      open: 'EPERM',
      create: 'EPERM',
      mkdir: 'EPERM',
      symlink: 'EPERM',
      rename: 'EPERM',
      pin: 'EPERM',
      get: 'EPERM',
      unlink: 'EPERM',
      rmdir: 'EPERM',
    },
    without: { stat: 'ENOENT', get: 'ENOENT', pin: null, link: null, linkDotted: 'EPERM', mkdir: null },
    closedDirectory: {
      mkdir: null,
      pin: null,
      get: null,
      chmod: null,
      getNamedBefore: null,
      mkdirNamedAfter: 'EPERM',
    },
  },
  quirks: [
    {
      title: 'in a directory of mode 0 root can use names with dots',
      documented: 'dots in names are reserved for future extensions',
      link: 'https://git.kernel.org/torvalds/c/6d8cb045cde6',
      promised: { 'closedDirectory.mkdir': 'EPERM', 'closedDirectory.pin': 'EPERM', 'closedDirectory.get': 'EPERM' },
    },
  ],
});
