import type { KnownBug } from '../expectation.ts';
import { looksLike } from '../judge/declared.ts';
import { isWithin } from '../judge/diff.ts';
import type { KernelFacts } from '../resolve.ts';

/**
 * A bug with `mayBeAbsent`, reduced to what it explains of a run. Each subtest fails on its own. All else counts as one failure: a run
 * that shows a part of it fails for another reason. Where the bug names subtests, it shows only if one of them does. Any other bug stays as it
 * is.
 */
export function shownOf(bug: KnownBug, observed: object, kernel: KernelFacts): KnownBug {
  if (bug.mayBeAbsent !== true) return bug;
  const declared = Object.entries(bug.instead);
  const isShown = ([path]: readonly [string, unknown]) => looksLike(bug.instead, path, observed, kernel);
  const subtests = declared.filter(([path]) => isWithin(path, 'subtests'));
  const others = declared.filter(([path]) => !isWithin(path, 'subtests'));
  const shown = subtests.filter(isShown);
  const isWhole = others.every(isShown) && (subtests.length === 0 || shown.length > 0);
  return { ...bug, instead: Object.fromEntries([...shown, ...(isWhole ? others : [])]) };
}
