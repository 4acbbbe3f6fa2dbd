import { expectation } from 'kconform';

export default expectation({
  about: 'a completion wakes a thread that waits for one, also if a thread before it waits for two',
  versions: ['5.11'], // a wait with a time limit
  outcome: {
    woken: true,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'a thread that needs more ends the search for one to wake',
      fix: 'io_uring/wait: look at all CQ waiters on wake up',
      fixedIn: ['6.12.115'],
      instead: { woken: false, exitCode: 1 },
    },
  ],
});
