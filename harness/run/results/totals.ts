import type { Verdict } from '../../expect/outcome.ts';

export type Totals = Record<Verdict, number>;

/** How often each verdict was given. */
export function countVerdicts(results: readonly { readonly verdict: Verdict }[]): Totals {
  const totals: Totals = { PASS: 0, FAIL: 0, XFAIL: 0, XPASS: 0, SKIP: 0, ERROR: 0 };
  for (const { verdict } of results) totals[verdict] += 1;
  return totals;
}

/** The exit code that the verdicts earn: 2 with an ERROR or without any verdict, 1 with a FAIL or XPASS, else 0. */
export function exitCode(totals: Totals): 0 | 1 | 2 {
  if (totals.ERROR > 0) return 2;
  if (totals.FAIL + totals.XPASS > 0) return 1;
  return totals.PASS + totals.XFAIL + totals.SKIP > 0 ? 0 : 2;
}
