import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'mkdir applies mode and umask, updates the link count of the parent and inherits set-group-ID; rmdir needs an empty directory',
  commit: 'b2197755b263',
  source: 'https://man7.org/linux/man-pages/man2/mkdir.2.html',
  behaviours: {
    'names/directories': ['links', 'made'],
    'names/directory-errors': ['refused', 'removed'],
    'names/set-group-id': ['made.withSetGroupId', 'made.pinWithSetGroupId'],
  },
  outcome: {
    links: { empty: 2, withTwo: 4, withOne: 3 },
    made: {
      d: { mode: '40750', uid: 0, gid: 0, nlink: 3, size: 0 },
      inner: { mode: '41750', uid: 0, gid: 0, nlink: 2, size: 0 },
      withSetGroupId: { mode: '42750', uid: 0, gid: 34, nlink: 2, size: 0 },
      pinWithSetGroupId: { mode: '100600', uid: 0, gid: 34, nlink: 1, size: 0 },
    },
    refused: {
      again: 'EEXIST',
      overAFile: 'EEXIST',
      withoutParent: 'ENOENT',
      rmdirNotEmpty: 'ENOTEMPTY',
      rmdirFile: 'ENOTDIR',
      rmdirMissing: 'ENOENT',
      unlinkDirectory: 'EISDIR',
      unlinkMissing: 'ENOENT',
    },
    removed: { inner: null, d: null, gone: 'ENOENT' },
  },
});
