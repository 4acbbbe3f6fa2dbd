import { expectation } from 'kconform';

export default expectation({
  about: 'a list of the threads of a cgroup has all that stay in it, also if another one leaves while it is read',
  outcome: {
    othersMissing: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the position follows the thread that leaves to another list, and the rest is skipped',
      fix: 'cgroup: fix race between task migration and iteration',
      fixedIn: ['6.12.78'],
      instead: { othersMissing: true, exitCode: 1 },
    },
  ],
});
