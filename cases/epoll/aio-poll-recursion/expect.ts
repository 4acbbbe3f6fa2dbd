import { expectation } from 'kconform';

export default expectation({
  about: 'aio polls of an epoll instance can signal an eventfd that the same instance watches',
  needs: { config: ['AIO', 'EPOLL', 'EVENTFD', 'MEMBARRIER'] },
  machine: { cpus: 2 }, // the second one sees that the first one makes no progress
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
