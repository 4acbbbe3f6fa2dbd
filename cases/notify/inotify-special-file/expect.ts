import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a watch on a directory does not report what is written to a FIFO in it',
  needs: { config: ['INOTIFY_USER'] },
  outcome: {
    written: [null, null],
    events: [{ mask: 2, name: 'file' }],
  },
  knownBugs: [
    {
      title: 'writes to special files are reported to the directory',
      fix: 'fsnotify: do not generate ACCESS/MODIFY events on child for special files',
      fixedIn: ['6.12.64'],
      instead: {
        events: [
          { mask: 2, name: 'fifo' },
          { mask: 2, name: 'file' },
        ],
      },
    },
  ],
});
