import { expectation } from 'kconform';

export default expectation({
  about: 'a request for a worker uses the file that its descriptor named when it was submitted',
  needs: { config: ['IO_URING'] },
  machine: { cpus: 2 },
  outcome: {
    otherFile: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the worker looks the descriptor up, after io_uring_enter has returned',
      fix: 'io_uring: look up the file before queueing to io-wq',
      fixedIn: ['6.12.115'],
      instead: { otherFile: true, exitCode: 1 },
    },
  ],
  race: { hits: 50, runs: 50, kernel: '6.12.113' },
});
