/** What a scenario may observe: plain data, so that it can be stored, diffed and exported. */
export type Observed = null | boolean | number | string | readonly Observed[] | { readonly [name: string]: Observed };

export type Verdict = 'PASS' | 'FAIL' | 'XFAIL' | 'XPASS' | 'SKIP' | 'ERROR';

/** A report of the kernel about itself, read from its console. */
export interface Splat {
  /** `BUG`, `WARNING`, `Oops`, `panic`, `KASAN`, … */
  readonly kind: string;
  /** The first line without time stamp, CPU, pid and addresses: the same on every kernel. */
  readonly title: string;
  readonly text: readonly string[];
}

/** An oracle that could not look says why in `unavailable`; it never reports an empty list for that. */
export interface OracleReports {
  readonly splats: readonly Splat[];
  readonly leaks: readonly string[];
  /** Letters of taint flags set since the case began. */
  readonly taints: readonly string[];
  /** oracle name → why it could not look */
  readonly unavailable: Readonly<Record<string, string>>;
}

export interface Outcome {
  /** undefined when the scenario did not come to its end (panic, hang). */
  readonly observations: { readonly [name: string]: Observed } | undefined;
  readonly oracles: OracleReports;
}
