import { atLeast, expectation } from 'kconform';

export default expectation({
  about: 'the link count of a directory in /proc is that of its directories and two more',
  outcome: {
    directories: 2,
    links: 4,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'files count, too',
      fix: 'proc: only bump parent nlink when registering directories',
      fixedIn: ['6.12.97'],
      instead: { links: atLeast(5) },
    },
  ],
});
