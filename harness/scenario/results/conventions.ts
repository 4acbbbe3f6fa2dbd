import type { ProgramEnd, SubtestStatus } from './results.ts';

/** What exit statuses mean. `plain`: 0 is success, everything else a failure. */
export const CONVENTIONS = ['kselftest', 'ltp', 'automake', 'liburing', 'plain'] as const;

export type Convention = (typeof CONVENTIONS)[number];

/** What the end of a program says by itself. */
export interface EndMeaning {
  readonly kind: 'pass' | 'fail' | 'skip' | 'xfail' | 'xpass' | 'broken';
  /** `exit status 4`, `SIGSEGV ended it` */
  readonly text: string;
}

type Kind = EndMeaning['kind'];

/** Exit statuses with a meaning of their own. All others but 0 are failures. */
const SPECIAL: Readonly<Record<Convention, Readonly<Record<number, Kind>>>> = {
  // KSFT_XFAIL, KSFT_XPASS and KSFT_SKIP of tools/testing/selftests/kselftest.h
  kselftest: { 2: 'xfail', 3: 'xpass', 4: 'skip' },
  ltp: {},
  // https://www.gnu.org/software/automake/manual/html_node/Scripts_002dbased-Testsuites.html
  automake: { 77: 'skip', 99: 'broken' },
  // T_EXIT_SKIP of liburing's test/helpers.h
  liburing: { 77: 'skip' },
  plain: {},
};

/** Bits of include/tst_res_flags.h of LTP, the gravest first: what each means for the program, and the status of its lines. */
export const LTP_BITS: readonly (readonly [number, Kind, SubtestStatus])[] = [
  [1, 'fail', 'fail'],
  [2, 'broken', 'broken'],
  [4, 'fail', 'warning'], // TWARN: something went wrong beside the test, in its clean-up for instance
  [32, 'skip', 'skip'],
];

/** True if an exit status has no other bits than those of LTP. */
export function isOfLtpBits(exitCode: number): boolean {
  return (exitCode & ~LTP_BITS.reduce((sum, [bit]) => sum | bit, 0)) === 0;
}

/** What the end of a program means by itself, under a convention. */
export function meaningOf({ exitCode, signal, stoppedAfterMs }: ProgramEnd, convention: Convention): EndMeaning {
  if (signal !== null) return { kind: 'fail', text: `${signal} ended it` };
  if (stoppedAfterMs !== undefined) return { kind: 'fail', text: `it was stopped after ${stoppedAfterMs / 1000} s` };
  if (exitCode === null) return { kind: 'fail', text: 'how it ended is not known' };
  const text = `exit status ${exitCode}`;
  if (exitCode === 0) return { kind: 'pass', text };
  // The shell's statuses for a program that cannot be run, or that is missing.
  if (exitCode === 126 || exitCode === 127) return { kind: 'broken', text: `it could not be started: ${text}` };
  if (convention === 'ltp') return { kind: ltpKind(exitCode), text };
  return { kind: SPECIAL[convention][exitCode] ?? 'fail', text };
}

function ltpKind(exitCode: number): Kind {
  if (!isOfLtpBits(exitCode)) return 'fail';
  return LTP_BITS.find(([bit]) => (exitCode & bit) !== 0)?.[1] ?? 'fail';
}
