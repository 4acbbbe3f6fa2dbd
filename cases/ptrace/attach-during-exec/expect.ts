import { expectation } from 'kconform';

export default expectation({
  about: 'PTRACE_ATTACH to a process whose exec waits for a thread of the tracer does not wait for ever',
  source: 'the test attach of tools/testing/selftests/ptrace/vmaccess.c',
  outcome: {
    traced: true,
    returned: true,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'tracer and program wait for each other',
      fix: null,
      fixedIn: [],
      link: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/tools/testing/selftests/ptrace/vmaccess.c',
      instead: { returned: false },
    },
  ],
});
