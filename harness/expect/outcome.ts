/** What a scenario can observe: plain data, which can be stored, compared and exported. */
export type Observed = null | boolean | number | string | readonly Observed[] | { readonly [name: string]: Observed };

/** Observations by name. A value is null, a boolean, a number, text, or a list or an object of them. */
export type Observations = { readonly [name: string]: Observed };

/** In the order in which reports count them. */
export const VERDICTS = ['PASS', 'FAIL', 'XFAIL', 'XPASS', 'SKIP', 'ERROR'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What each verdict makes of the exit code of a run; the largest wins. */
const EXIT_CODES = { PASS: 0, FAIL: 1, XFAIL: 0, XPASS: 1, SKIP: 0, ERROR: 2 } as const satisfies Record<
  Verdict,
  0 | 1 | 2
>;

/** FAIL, XPASS and ERROR: they fail a run. */
export function isUnexpected(verdict: Verdict): boolean {
  return EXIT_CODES[verdict] !== 0;
}

/** FAIL and XPASS: the kernel does otherwise than expected and declared. After an ERROR nothing is known of the kernel. */
export function isMismatch(verdict: Verdict): boolean {
  return EXIT_CODES[verdict] === 1;
}

/** The exit code of a run with these results: 2 with an ERROR or without any result, 1 with a FAIL or XPASS, else 0. */
export function exitCodeOf(results: readonly { readonly verdict: Verdict }[]): 0 | 1 | 2 {
  if (results.length === 0 || results.some(({ verdict }) => EXIT_CODES[verdict] === 2)) return 2;
  return results.some(({ verdict }) => isMismatch(verdict)) ? 1 : 0;
}

/** The exit code where skips that no expectation lists fail a run: 1 for 0. */
export function withStrictSkips(
  code: 0 | 1 | 2,
  results: readonly { readonly skips?: readonly unknown[] }[],
): 0 | 1 | 2 {
  return code === 0 && results.some(({ skips = [] }) => skips.length > 0) ? 1 : code;
}

/** A report of the kernel about itself, read from its console. */
export interface Splat {
  /** `BUG`, `WARNING`, `Oops`, `panic`, `KASAN`, … */
  readonly kind: string;
  /** The first line without time stamp, CPU, pid and addresses: the same on every kernel. */
  readonly title: string;
  /** The first functions of its stack that are not the report's own machinery, at most three, innermost first. */
  readonly fingerprint: readonly string[];
  /** Seconds since the guest's boot, as the kernel stamped its first line; null without a stamp. */
  readonly at: number | null;
  /** `cut off`: the log ends in it; `interleaved`: another report was printed into it. Either may lack lines or have strange ones. */
  readonly state: 'whole' | 'cut off' | 'interleaved';
  readonly text: readonly string[];
  /** `case` where the scenario itself is the reason: it filled the guest's memory. Absent for all others, which are the kernel's. */
  readonly blame?: 'case';
}

/** Objects that kmemleak found unreferenced, those of one size and backtrace together. */
export interface Leak {
  readonly count: number;
  /** Bytes of each. */
  readonly bytes: number;
  /** The task that allocated the first of them. */
  readonly comm: string;
  /** Its first bytes, as kmemleak dumps them. */
  readonly hex: readonly string[];
  /** `strndup_user+0x4b/0x70`, innermost first. */
  readonly backtrace: readonly string[];
}

/** Why there was no scan for leaks where nobody wanted one. */
export const KMEMLEAK_NOT_ASKED = 'not asked for: --leaks scans after every case';

/** Most published kernels are built without it. */
export const NO_KMEMLEAK =
  'this kernel has no kmemleak, or debugfs is not mounted; a kernel that has it: --kernel 6.12+debug --build';

/** The name under which a kernel log that the scenario itself has hidden stands in `unavailable`: that is the fault of the case. */
export const HIDDEN_LOG = 'kernel log';

/** An oracle that could not look says why in `unavailable`; it never reports an empty list for that. */
export interface OracleReports {
  readonly splats: readonly Splat[];
  readonly leaks: readonly Leak[];
  /** Letters of taint flags set since the case began. */
  readonly taints: readonly string[];
  /** Each a sentence: the kernel counted more warnings or oopses than its console shows. */
  readonly counters: readonly string[];
  /** oracle name → why it could not look */
  readonly unavailable: Readonly<Record<string, string>>;
  /** oracle name → why no fault could be planted on this kernel to see whether it looks */
  readonly unproven: Readonly<Record<string, string>>;
}

/** Nothing seen by oracles that all looked. */
export const noReports: OracleReports = {
  splats: [],
  leaks: [],
  taints: [],
  counters: [],
  unavailable: {},
  unproven: {},
};

export interface Outcome {
  /** What the scenario returned, which the judge sees to be data; undefined when it did not come to its end (panic, hang). */
  readonly observations: { readonly [name: string]: unknown } | undefined;
  readonly oracles: OracleReports;
}
