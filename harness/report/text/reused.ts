import type { CaseResult } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { plain, shorten } from './text.ts';

type Result = Pick<CaseResult, 'case' | 'kernel' | 'verdict' | 'reused' | 'earlier'>;

/** How many verdicts are on outcomes of earlier runs, and which cases do not agree with one; nothing where neither is so. */
export function reusedLines(results: readonly Result[], nameOf: NameOf): string[] {
  const count = results.filter(({ reused }) => reused !== undefined).length;
  const differing = results.flatMap(({ case: name, kernel, verdict, earlier }) => {
    if (earlier === undefined) return [];
    const why = earlier.reason === undefined ? '' : `: ${shorten(plain(earlier.reason), 100)}`;
    return [
      `unstable: ${plain(name)} on ${plain(nameOf(kernel))} is ${verdict}; with the same inputs it was ${earlier.verdict} (${earlier.at}${why})`,
    ];
  });
  const told = `${count} of ${results.length} verdicts are on outcomes of earlier runs, of which nothing has changed`;
  return [...differing, ...(count === 0 ? [] : [told])];
}
