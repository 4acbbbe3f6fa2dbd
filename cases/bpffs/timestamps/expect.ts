import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'OBJ_GET updates the access time of the file; changes in a directory update the times of the directory',
  commit: 'b2197755b263',
  source: 'https://man7.org/linux/man-pages/man7/inode.7.html',
  behaviours: { 'get/access-time': ['access', 'byUser'], 'names/timestamps': ['directory'] },
  outcome: {
    access: { relatime: 'updated', relatimeNewer: 'kept', strictatime: 'updated', noatime: 'kept' },
    byUser: { refused: 'EACCES', afterRefused: 'kept', readOnly: null, afterReadOnly: 'updated' },
    directory: {
      pin: 'done, updated',
      mkdir: 'done, updated',
      symlink: 'done, updated',
      link: 'done, updated',
      rename: 'done, updated',
      unlink: 'done, updated',
      rmdir: 'done, updated',
      pinTaken: 'EEXIST, kept',
      get: 'done, kept',
    },
  },
});
