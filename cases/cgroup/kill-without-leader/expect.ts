import { expectation } from 'kconform';

export default expectation({
  about: 'cgroup.kill also kills a process whose first thread has ended',
  versions: ['5.14'],
  needs: { config: ['CGROUPS'] },
  outcome: {
    move: null,
    kill: null,
    killed: true,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the process is left alive',
      fix: 'cgroup: fix cgroup.kill for exited thread group leader',
      fixedIn: ['6.12.117'],
      instead: { killed: false },
    },
  ],
});
