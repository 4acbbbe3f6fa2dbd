import { expectation } from 'kconform';

export default expectation({
  about:
    'a message queue releases what its notification holds, also if the process to be notified did not close the queue',
  needs: { config: ['POSIX_MQUEUE', 'USER_NS'] },
  outcome: {
    plain: 0,
    notified: 0,
    afterwards: 0,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the user namespace and the pid of the process are never freed',
      fix: 'ipc/mqueue: release notification resources during inode eviction',
      fixedIn: ['6.12.117'],
      instead: { afterwards: 128 }, // 100 + ENOSPC: the limit of user namespaces is reached
    },
  ],
});
