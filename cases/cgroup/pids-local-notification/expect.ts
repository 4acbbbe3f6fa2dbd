import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'with pids_localevents a watch on pids.events is told of a fork that was refused',
  needs: { config: ['CGROUP_PIDS'] },
  versions: ['6.12'],
  outcome: {
    remounted: null,
    forked: 'EAGAIN',
    events: 'max 1\n',
    notified: true,
  },
  knownBugs: [
    {
      title: 'it is not told',
      fix: 'cgroup/pids: Restore pids.events notifications in local mode',
      fixedIn: ['6.12.112'],
      instead: { notified: false },
    },
  ],
});
