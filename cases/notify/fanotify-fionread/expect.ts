import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'FIONREAD of a fanotify group counts the whole events, with the records that name the file',
  versions: ['5.13'],
  needs: { config: ['FANOTIFY'] },
  outcome: {
    marked: null,
    asked: null,
    some: true,
    announcedAll: true,
  },
  knownBugs: [
    {
      title: 'it counts 24 bytes per event',
      fix: 'fanotify: report full event length for FIONREAD',
      fixedIn: ['6.12.110'],
      instead: { announcedAll: false },
    },
  ],
});
