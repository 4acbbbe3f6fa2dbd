import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'a watch on a directory of bpffs reports pins, links and directories that appear or disappear, and not OBJ_GET',
  commit: 'b2197755b263',
  source: 'https://man7.org/linux/man-pages/man7/inotify.7.html',
  needs: { config: ['INOTIFY_USER'] },
  behaviours: { 'pin/notification': ['events', 'calls.pin', 'calls.pinAgain'] },
  outcome: {
    calls: {
      pin: null,
      pinAgain: 'EEXIST',
      get: null,
      link: null,
      rename: null,
      unlink: null,
      mkdir: null,
      symlink: null,
      rmdir: null,
    },
    events: [
      'create pin',
      'create second',
      'moved from second',
      'moved to moved',
      'delete moved',
      'create d, a directory',
      'create l',
      'delete d, a directory',
    ],
  },
});
