/** Timers, as cases import them under the name `time`: timer_create(2), timerfd_settime(2), getitimer(2), clock_nanosleep(2). */
import type { GuestBuffer } from '../agent/batch.ts';
import { Struct } from './struct.ts';

/** Clocks (linux/time.h), without CLOCK_. */
export const CLOCK = {
  REALTIME: 0,
  MONOTONIC: 1,
  PROCESS_CPUTIME_ID: 2,
  THREAD_CPUTIME_ID: 3,
  MONOTONIC_RAW: 4,
  BOOTTIME: 7,
  REALTIME_ALARM: 8,
  BOOTTIME_ALARM: 9,
  TAI: 11,
} as const;

/** linux/time_types.h. */
export const TIMESPEC = new Struct('struct __kernel_timespec', 'linux/time_types.h', 16, {
  tv_sec: ['s64', 0],
  tv_nsec: ['s64', 8],
});

/** linux/time_types.h: the period, then the time to the first expiry. */
export const ITIMERSPEC = new Struct('struct __kernel_itimerspec', 'linux/time_types.h', 32, {
  'it_interval.tv_sec': ['s64', 0],
  'it_interval.tv_nsec': ['s64', 8],
  'it_value.tv_sec': ['s64', 16],
  'it_value.tv_nsec': ['s64', 24],
});

/** linux/time_types.h. */
export const TIMEVAL = new Struct('struct __kernel_old_timeval', 'linux/time_types.h', 16, {
  tv_sec: ['s64', 0],
  tv_usec: ['s64', 8],
});

/** How a timer notifies (asm-generic/siginfo.h). */
export const SIGEVENT = new Struct('struct sigevent', 'asm/siginfo.h', 64, {
  sigev_value: ['u64', 0],
  sigev_signo: ['s32', 8],
  sigev_notify: ['s32', 12],
});

/** `sigev_notify` of SIGEVENT (asm-generic/siginfo.h), without SIGEV_. */
export const SIGEV = { SIGNAL: 0, NONE: 1, THREAD_ID: 4 } as const;

/** `flags` of timer_settime(2) and clock_nanosleep(2): an absolute time (linux/time.h, TIMER_ABSTIME). */
export const TIMER_ABSTIME = 1;

/** A timespec from nanoseconds. */
export function timespec(nanoseconds: bigint): GuestBuffer {
  return TIMESPEC.make({ tv_sec: nanoseconds / 1_000_000_000n, tv_nsec: nanoseconds % 1_000_000_000n });
}
