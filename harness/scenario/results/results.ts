/** The syntaxes of test results that kconform understands. */
export const FORMATS = ['ktap', 'tap', 'ltp', 'googletest', 'test_progs', 'plain'] as const;

/** The syntax of a program's output. `plain` has no subtests: only the exit status counts. */
export type Format = (typeof FORMATS)[number];

/** What became of one subtest. `broken`: it could not test anything; `xfail`: the program itself expects the failure. */
export type SubtestStatus = 'pass' | 'fail' | 'skip' | 'xfail' | 'xpass' | 'broken' | 'warning';

/** One line of a program's results. */
export interface Subtest {
  /**
   * Its name; that of a nested one has those of its parents before it, joined by `/`. The name of a test with subtests ends with
   * `/`. Equal names get ` (2)`, ` (3)`, …
   */
  readonly name: string;
  readonly status: SubtestStatus;
  /** What the program says of it behind the name: why it was skipped, for instance. */
  readonly comment?: string;
  /** Lines that belong to it. */
  readonly diagnostics?: readonly string[];
}

/** `broken`: the program could not test anything, or could not be started. */
export type ProgramStatus = 'pass' | 'fail' | 'skip' | 'broken';

/** What a program said of itself. */
export interface ProgramResults {
  readonly format: Format;
  /** Of the program as a whole, from its exit status and its lines together. */
  readonly status: ProgramStatus;
  /** Why the status is not `pass`, in a line. */
  readonly reason?: string;
  readonly subtests: readonly Subtest[];
  /** Sentences: an unfulfilled plan, `Bail out!`, an exit status and lines that contradict each other, output that was cut. */
  readonly problems: readonly string[];
}

/** How a program ended. */
export interface ProgramEnd {
  /** null if a signal ended it, or it was stopped. */
  readonly exitCode: number | null;
  /** `SIGSEGV`; null if it ended by itself, or it was stopped. */
  readonly signal: string | null;
  /** Only if it was stopped after this time. */
  readonly stoppedAfterMs?: number;
}

/** What the lines of an output say, before the exit status is looked at. */
export interface Reading {
  readonly subtests: readonly Subtest[];
  /** See ProgramResults. */
  readonly problems: readonly string[];
  /** Sentences about announced subtests without a result. They are no problem if the program ends as skipped. */
  readonly missing?: readonly string[];
  /** Why the program skips everything, if it says so. */
  readonly skipped?: string;
  /** True if the output says that failures were expected, without a line for each. */
  readonly expectedFailures?: true;
}

/** True for what makes a program fail. */
export function isFailure(status: SubtestStatus): boolean {
  return status !== 'pass' && status !== 'skip' && status !== 'xfail';
}

/** The problem of a program that ends as if it had tested something. */
export const NO_RESULT = 'it printed no result';
