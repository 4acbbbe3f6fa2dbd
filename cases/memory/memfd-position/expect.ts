import { expectation } from 'kconform';

export default expectation({
  about: 'two writes to a memfd at the same time do not use the same position',
  source: 'https://man7.org/linux/man-pages/man2/write.2.html',
  machine: { cpus: 2 },
  outcome: {
    overwritten: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the position of a memfd has no lock, as that of a pipe',
      fix: 'mm/memfd: make f_pos accesses atomic',
      fixedIn: ['6.12.118'],
      instead: { overwritten: true, exitCode: 1 },
    },
  ],
  race: { hits: 49, runs: 50, kernel: '6.12.117' },
});
