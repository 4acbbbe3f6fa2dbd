import { hasFix } from '../kernels/version.ts';
import { type Difference, diff, isWithin, valueAt } from './diff.ts';
import type { KnownBug } from './expectation.ts';
import type { Verdict } from './outcome.ts';
import { type KernelFacts, resolve } from './resolve.ts';

/** One leaf, judged. */
export interface Observation {
  readonly path: string;
  readonly verdict: Verdict;
  readonly expected: string;
  readonly observed: string;
}

/** A leaf with the known bug that explains its verdict, if one does. */
export interface JudgedLeaf {
  readonly observation: Observation;
  readonly bug?: KnownBug;
}

/** True when the kernel should no longer have the bug. */
export function isFixed(bug: KnownBug, kernel: KernelFacts): boolean {
  return bug.fixedIn.length > 0 && hasFix(kernel.version, bug.fixedIn);
}

/**
 * A leaf under the known bugs. A failure that a bug declares is XFAIL while the kernel lacks the fix and FAIL, with the bug,
 * after it. The right value where a bug declares another is XPASS, unless the bug allows both (a race).
 */
export function judgeLeaf(
  leaf: Difference,
  observations: unknown,
  bugs: readonly KnownBug[],
  kernel: KernelFacts,
): JudgedLeaf {
  const { ok, ...printed } = leaf;
  const judged = (verdict: Verdict, bug?: KnownBug): JudgedLeaf => ({
    observation: { ...printed, verdict },
    ...(bug && { bug }),
  });
  const declaring = bugs.filter((bug) => pathOver(bug, leaf.path) !== undefined);
  const open = declaring.filter((bug) => !isFixed(bug, kernel));
  const seen = (bug: KnownBug) => looksLike(bug, leaf.path, observations, kernel);
  if (ok) {
    const gone = open.find((bug) => !seen(bug));
    return open.some(seen) || gone === undefined ? judged('PASS') : judged('XPASS', gone);
  }
  const present = open.find(seen);
  return present ? judged('XFAIL', present) : judged('FAIL', declaring.find(seen));
}

/** Paths that a bug declares and that no leaf touches: a slip of the author's which would make the declaration void. */
export function strayPaths(bugs: readonly KnownBug[], leaves: readonly Difference[]): string[] {
  const touches = (path: string) => leaves.some((leaf) => isWithin(leaf.path, path));
  return bugs.flatMap((bug) => Object.keys(bug.instead)).filter((path) => !touches(path));
}

function pathOver(bug: KnownBug, leaf: string): string | undefined {
  return Object.keys(bug.instead).find((path) => isWithin(leaf, path));
}

function looksLike(bug: KnownBug, leaf: string, observations: unknown, kernel: KernelFacts): boolean {
  const path = pathOver(bug, leaf);
  if (path === undefined) return false;
  const instead = resolve(bug.instead[path], kernel);
  const differences = diff(instead, valueAt(observations, path), path);
  const same = differences.filter((difference) => isWithin(difference.path, leaf) || isWithin(leaf, difference.path));
  if (same.length === 0) return valueAt(observations, leaf) === undefined;
  return same.every((difference) => difference.ok);
}
