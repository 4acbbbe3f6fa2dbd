import { expectation } from 'kconform';

export default expectation({
  about: 'a mark reports what it asks for, also if another mark of the file was changed at the same time',
  needs: { config: ['FANOTIFY', 'INOTIFY_USER'] },
  machine: { cpus: 2 },
  outcome: {
    lost: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the mask of the file is computed without the new event, and is taken to have it',
      fix: 'fsnotify: Fix stale object mask after concurrent mark updates',
      cve: ['CVE-2026-89595'],
      fixedIn: ['6.12.110'],
      instead: { lost: true, exitCode: 1 },
    },
  ],
  race: { hits: 50, runs: 50, kernel: '6.12.107' },
});
