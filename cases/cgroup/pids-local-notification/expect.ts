import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'with pids_localevents, a refused fork is an event for an inotify watch on pids.events',
  needs: { config: ['CGROUP_PIDS'] },
  versions: ['6.12'],
  outcome: {
    remounted: null,
    watched: null,
    forked: 'EAGAIN',
    events: 'max 1\n',
    notified: true,
  },
  knownBugs: [
    {
      title: 'the watch gets no event',
      fix: 'cgroup/pids: Restore pids.events notifications in local mode',
      fixedIn: ['6.12.112'],
      instead: { notified: false },
    },
  ],
});
