import { expectation } from 'kconform';

export default expectation({
  about: 'aio polls of an epoll instance can signal an eventfd that the same instance watches',
  needs: { config: ['AIO', 'EPOLL', 'EVENTFD'] },
  // With a second CPU, which sees that the first one makes no progress.
  machine: { cpus: 2, kernelParameters: ['rcupdate.rcu_cpu_stall_timeout=3'] },
  limitMs: 10_000, // a guest that hangs is waited for that long
  outcome: {
    submitted: 2,
    written: 1,
    done: 2,
    read: 8,
    signals: 2,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the CPU waits for a lock that it holds, for ever',
      fix: 'aio: prevent eventfd/epoll recursion on poll',
      fixedIn: ['6.12.117'],
      instead: {},
      splats: [{ kind: 'RCU stall', title: 'detected stalls on CPUs' }],
    },
  ],
});
