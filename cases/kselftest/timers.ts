import type { SuiteTestFields } from 'kconform';

/** What is to be said of the tests of timers: most measure time, which an emulated CPU makes uneven. */
export const timers: Readonly<Record<string, SuiteTestFields>> = {
  'timers/inconsistency-check': {
    skips: [{ reason: 'there is no clock with the number 10', subtests: ['test 11'] }],
  },
  'timers/nanosleep': {
    skips: [
      {
        reason: 'clock_nanosleep(2) does not have these clocks, or their time stands still in it',
        subtests: ['test 3', 'test 4', 'test 5', 'test 6', 'test 7', 'test 11'],
      },
    ],
  },
  'timers/nsleep-lat': {
    skips: [{ reason: 'clock_nanosleep(2) does not have these clocks', subtests: ['test 3', 'test 4', 'test 5'] }],
  },
  'timers/posix_timers': {
    known: [
      {
        reason: 'a signal of a timer that was set anew or deleted is still delivered',
        cause: 'kernel',
        fix: '513793bc6ab331b947111e8efaf8fcef33fb83e5',
        fixedIn: ['6.13'],
        subtests: ['check_rearm', 'check_delete'],
      },
      {
        reason: 'a periodic timer whose signal is ignored and then handled again misses expiries',
        cause: 'kernel',
        fix: 'df7a996b4dab03c889fa86d849447b716f07b069',
        fixedIn: ['6.13'],
        subtests: ['check_sig_ign SIGEV_SIGNAL'],
      },
      {
        reason: 'they compare time of the CPU with the clock, and an emulated CPU waits for others',
        cause: 'machine',
        emulatedOnly: true,
        subtests: ['ITIMER_VIRTUAL', 'ITIMER_PROF'],
      },
    ],
    flaky: [
      {
        reason: 'it counts expiries of a timer of CPU time, which come late on an emulated CPU',
        failed: 1,
        runs: 4,
        subtests: ['check_overrun CLOCK_THREAD_CPUTIME_ID'],
        emulatedOnly: true,
      },
    ],
  },
  'timers/rtcpie': {
    known: [
      {
        reason: 'an interrupt of the emulated clock comes later than 110 % of its period',
        cause: 'machine',
        emulatedOnly: true,
        exitCode: 255,
      },
    ],
  },
  'timers/set-timer-lat': {
    known: [{ reason: 'on an emulated CPU a timer is more than 40 ms late', cause: 'machine', emulatedOnly: true }],
  },
};
