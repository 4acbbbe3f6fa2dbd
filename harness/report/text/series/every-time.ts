import { isMismatch } from '../../../expect/outcome.ts';
import type { CaseResult } from '../../../run/events.ts';

/** What speaks against the kernel in one run, without what differs by its nature: addresses, times, how many objects leaked. */
function signsOf({ observations, oracles }: CaseResult): Set<string> {
  const failed = observations.filter(({ verdict }) => isMismatch(verdict));
  return new Set([
    ...failed.map(({ path }) => `not as expected: ${path}`),
    ...oracles.splats.map(({ kind, title, fingerprint }) => `${kind}: ${title}, in ${fingerprint.join(' < ')}`),
    ...oracles.leaks.map(({ bytes, backtrace }) => `leak of ${bytes} bytes, in ${names(backtrace)}`),
  ]);
}

function names(backtrace: readonly string[]): string {
  return backtrace.map((frame) => frame.replace(/\+0x.*$/, '')).join(' < ');
}

/** How often a case failed, and how often by what, most often first. */
export interface Tally {
  readonly runs: number;
  readonly failed: number;
  readonly signs: readonly (readonly [sign: string, count: number])[];
}

export function tally(results: readonly CaseResult[]): Tally {
  const counts = new Map<string, number>();
  for (const sign of results.flatMap((result) => [...signsOf(result)])) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return {
    runs: results.length,
    failed: results.filter(({ verdict }) => verdict === 'FAIL').length,
    signs: [...counts].sort(([, a], [, b]) => b - a),
  };
}

/** Whether every run failed, and one thing at least spoke against the kernel in all of them. */
export function isEveryTime({ runs, failed, signs }: Tally): boolean {
  return runs > 0 && failed === runs && signs.some(([, count]) => count === runs);
}
