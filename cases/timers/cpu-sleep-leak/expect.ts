import { atMost, expectation } from 'kconform';

export default expectation({
  about: 'a sleep on the CPU clock of a process that has ended does not keep its id',
  needs: { config: ['PID_NS', 'USER_NS'] },
  outcome: {
    allNamespacesGone: true,
    rounds: 6,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the id is leaked, and with it the pid namespace',
      fix: 'posix-cpu-timers: Fix pid refcount leak in do_cpu_nanosleep() signal path',
      fixedIn: ['6.12.117'],
      instead: { allNamespacesGone: false, rounds: atMost(5) },
    },
  ],
});
