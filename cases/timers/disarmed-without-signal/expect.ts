import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a timer with SIGEV_NONE that was disarmed has no time left',
  needs: { config: ['POSIX_TIMERS'] },
  outcome: {
    errnos: [null, null, null],
    disarmed: true,
  },
  knownBugs: [
    {
      title: 'the time to the expiry that was set before is reported',
      fix: 'posix-timers: Report zero remaining time for disarmed SIGEV_NONE timers',
      fixedIn: ['6.12.118'],
      instead: { disarmed: false },
    },
  ],
});
