import { steps } from '../../expect/judge/diff.ts';
import type { CaseResult } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { plain, shorten } from './text.ts';

/** How many are listed; results.json has all. */
const LISTED = 40;

/** What programs skipped although no expectation lists it, for the end of a run. */
export function printSkips(results: readonly CaseResult[], nameOf: NameOf): string[] {
  const all = results.flatMap(({ case: name, kernel, skips = [] }) =>
    skips.map(({ subtest, reason = '' }) => {
      const what = subtest === undefined ? name : `${name}: ${subtest}`;
      return shorten(plain(`  ${what} on ${nameOf(kernel)}${reason === '' ? '' : `: ${reason}`}`), 200);
    }),
  );
  if (all.length === 0) return [];
  const more = all.length > LISTED ? [`  (${all.length - LISTED} more)`] : [];
  return [`skipped, and not listed: ${all.length}`, ...all.slice(0, LISTED), ...more, ''];
}

/** The subtest that a path leads to: `a.b` of `subtests["a.b"]`; undefined for another path. */
export function subtestAt(path: string): string | undefined {
  const [root, name] = steps(path);
  return root === 'subtests' ? name : undefined;
}

/** `3 of 19 subtests skipped`; empty if none was. */
export function skippedText({ skips = [], observations }: CaseResult): string {
  const skipped = skips.filter(({ subtest }) => subtest !== undefined).length;
  if (skipped === 0) return '';
  const all = observations.filter(({ path }) => subtestAt(path) !== undefined).length;
  return `${skipped} of ${all} ${all === 1 ? 'subtest' : 'subtests'} skipped`;
}
