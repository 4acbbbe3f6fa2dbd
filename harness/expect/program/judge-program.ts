import type { Expectation } from '../expectation.ts';
import { diff, isWithin, join } from '../judge/diff.ts';
import { type JudgedLeaf, judgeLeaf } from '../judge/judge-leaf.ts';
import type { KernelFacts } from '../resolve.ts';
import { excuseConsequences } from './excuse.ts';
import { byRule } from './rule.ts';
import { shownOf } from './shown.ts';
import { type Skip, skipsOf } from './skips.ts';

/** The leaves of a program, judged, and what it skipped although that is not listed. */
export interface JudgedProgram {
  readonly leaves: readonly JudgedLeaf[];
  readonly skips: readonly Skip[];
}

/**
 * Judges what a program of somebody else did. A skipped subtest has the verdict SKIP, also if a known bug names it: it tested
 * nothing.
 * @param listed the outcome of the expectation, its fences resolved for the kernel
 */
export function judgeProgram(
  expectation: Expectation,
  listed: unknown,
  observations: object,
  kernel: KernelFacts,
): JudgedProgram {
  const { right, observed } = byRule(expectation, listed, observations);
  const knownBugs = expectation.knownBugs?.map((bug) => shownOf(bug, observed, kernel));
  const declared = { ...expectation, ...(knownBugs && { knownBugs }) };
  const skips = skipsOf(listed, observations);
  const skipped = new Set(skips.map(({ subtest }) => (subtest === undefined ? 'status' : join('subtests', subtest))));
  const leaves = diff(right, observed).map((leaf): JudgedLeaf => {
    if (!leaf.ok || !skipped.has(leaf.path)) return judgeLeaf(leaf, observed, declared, kernel);
    const { ok: _, ...printed } = leaf;
    return { observation: { ...printed, verdict: 'SKIP' } };
  });
  return { leaves: excuseConsequences(leaves, observations), skips };
}

/** True if nothing was observed at any place where the declaration names a value: the subtest does not exist any more. */
export function isUnobserved(declared: Readonly<Record<string, unknown>>, leaves: readonly JudgedLeaf[]): boolean {
  const paths = Object.keys(declared);
  return !leaves.some(({ observation }) => paths.some((path) => isWithin(observation.path, path)));
}
