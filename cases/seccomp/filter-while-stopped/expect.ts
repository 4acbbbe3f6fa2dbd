import { expectation } from 'kconform';

export default expectation({
  about: 'a filter that a thread gets while its tracer has stopped it at a system call decides about that system call',
  needs: { config: ['SECCOMP_FILTER'] },
  outcome: {
    filtered: 'EACCES',
    program: 0,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the system call is not filtered',
      fix: 'entry: Fix seccomp bypass after ptrace with TSYNC',
      cve: ['CVE-2026-89603'],
      fixedIn: ['6.12.110'],
      instead: { filtered: null },
    },
  ],
});
