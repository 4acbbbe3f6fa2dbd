import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'fanotify_mark says that a file has no events of a directory before it looks at its permissions',
  needs: { config: ['FANOTIFY'] },
  versions: ['5.17'],
  outcome: {
    group: null,
    readable: null,
    secret: 'EACCES',
    createInReadable: 'ENOTDIR',
    createInSecret: 'ENOTDIR',
  },
  knownBugs: [
    {
      title: 'it looks at the permissions first',
      fix: 'fanotify: call fanotify_events_supported() before path_permission() and security_path_notify()',
      fixedIn: ['6.12.91'],
      instead: { createInSecret: 'EACCES' },
    },
  ],
});
