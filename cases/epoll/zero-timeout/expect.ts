import { expectation } from 'kconform';

export default expectation({
  about: 'epoll_wait with timeout 0 reports an event that is there, also while another thread calls it',
  source: 'epoll list thread, July 2025',
  machine: { cpus: 2 },
  outcome: {
    missed: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'it finds neither the list of ready files nor the mark of the thread that is reading it',
      fix: 'eventpoll: Fix epoll_wait() report false negative',
      fixedIn: ['6.12.97'],
      instead: { missed: true, exitCode: 1 },
    },
  ],
  race: { hits: 46, runs: 50, kernel: '6.12.96' },
});
