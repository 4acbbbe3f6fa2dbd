import { expectation } from 'kconform';

export default expectation({
  about: 'a splice that fails leaves the position of its file as it is, also where another thread has moved it',
  outcome: {
    moved: 100,
    splice: 'EINTR',
    position: 100,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'it sets the position back to where it was when the splice began',
      fix: 'splice: avoid stale f_pos writeback on error',
      fixedIn: ['6.12.117'],
      instead: { position: 0 },
    },
  ],
});
