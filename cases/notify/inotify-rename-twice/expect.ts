import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'inotify reports each rename, also two of one name in a row, which have different cookies',
  needs: { config: ['INOTIFY_USER'] },
  outcome: {
    renames: { away: null, back: null, awayAgain: null },
    events: [
      { mask: 0x40, name: 'file' },
      { mask: 0x40, name: 'file' },
    ],
  },
  knownBugs: [
    {
      title: 'the second one is not reported',
      fix: 'inotify: do not coalesce rename events',
      fixedIn: ['6.12.118'],
      instead: { events: [{ mask: 0x40, name: 'file' }] },
    },
  ],
});
