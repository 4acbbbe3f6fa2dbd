import { expectation } from 'kconform';

export default expectation({
  about: 'the signal of a timer that was set anew or deleted is not delivered',
  source: 'check_rearm and check_delete of tools/testing/selftests/timers/posix_timers.c',
  needs: { config: ['POSIX_TIMERS'] },
  outcome: {
    expired: 1,
    rearmed: 0,
    deleted: 0,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      // No stable update of 6.12 has it, up to 6.12.118.
      title: 'the signal of the expiry before is delivered',
      fix: '513793bc6ab3',
      fixedIn: ['6.13'],
      link: 'https://git.kernel.org/torvalds/c/513793bc6ab331b947111e8efaf8fcef33fb83e5',
      instead: { rearmed: 1, deleted: 1 },
    },
  ],
});
