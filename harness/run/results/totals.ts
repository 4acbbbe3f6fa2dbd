import type { Verdict } from '../../expect/outcome.ts';

export type Totals = Record<Verdict, number>;

/** The number of results with each verdict. */
export function countVerdicts(results: readonly { readonly verdict: Verdict }[]): Totals {
  const totals: Totals = { PASS: 0, FAIL: 0, XFAIL: 0, XPASS: 0, SKIP: 0, ERROR: 0 };
  for (const { verdict } of results) totals[verdict] += 1;
  return totals;
}
