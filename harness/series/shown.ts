/** What one result shows of one commit: whether the kernel behaves as with it. */
import type { Expectation, KnownBug } from '../expect/expectation.ts';
import { declaredText, pathOver } from '../expect/judge/declared.ts';
import type { Observation } from '../expect/judge/judge-leaf.ts';
import { expectedBug, stateOf, unexpectedBug } from '../expect/judge/known-bugs.ts';
import { declaresLeak, declaresSplat } from '../expect/judge/oracles.ts';
import { isUnstable } from '../expect/judge/standing.ts';
import { isOfOlder, type KernelFacts } from '../expect/resolve.ts';
import { upstreamVersion } from '../kernels/version.ts';
import type { Judged } from '../run/results/results-file.ts';

/** `has`: the kernel behaves as one with the commit, which one that never had the bug does too. */
export type FixState = 'has' | 'lacks' | 'unknown';

export interface Shown {
  readonly state: FixState;
  /** Why it is undetermined, or the evidence that the commit is missing. */
  readonly why?: string;
  /** The kernel is of a version that should have it: a fix that was missed. */
  readonly missed?: true;
}

/** Why a case that is not in the results tells nothing. */
export const NOT_JUDGED = 'the case was not judged';
const NOT_SHOWN: Shown = { state: 'unknown', why: NOT_JUDGED };
const IN_PART: Shown = { state: 'unknown', why: 'only a part of the bug shows' };
const CUT: Shown = { state: 'unknown', why: 'a part of it was skipped' };
const OF_OLDER: Shown = { state: 'unknown', why: 'judged by the values of older versions' };

/** The bug's own observations and reports decide: the verdict of a case with several bugs names only one of them. */
export function bugShows(
  bug: KnownBug,
  { knownBugs = [] }: Pick<Expectation, 'knownBugs'>,
  result: Judged | undefined,
): Shown {
  if (result === undefined) return NOT_SHOWN;
  if (result.verdict === 'ERROR') return unknown(result);
  const others = knownBugs.filter(({ fix }) => fix !== bug.fix);
  const leaves = result.observations.filter(({ path }) => pathOver(bug.instead, path) !== undefined);
  const isNamed = bug.fix !== null && result.fix === bug.fix;
  if (isNamed && result.verdict === 'XFAIL') return { state: 'lacks', why: reasonOf(result) };
  const isMissed = isNamed && result.verdict === 'FAIL';
  const isClear = isMissed || isReported(bug, result);
  if (!isClear && !leaves.some(isWrong)) return unseen(bug, leaves, result);
  // A value that the bug does not change is no sign of the fix.
  if (leaves.some((leaf) => isRight(leaf) && !isAsIn(bug, leaf)))
    return isClear || leaves.some((leaf) => isDeclared(bug, leaf)) ? IN_PART : unknown(result);
  if (isMissed) return { state: 'lacks', why: reasonOf(result), missed: true };
  return isOwn(bug, others, leaves, result) ? asExpected(bug, result) : unknown(result);
}

/** The result of a case as a whole about the commits that it is about. */
export function caseShows({ outcome }: Pick<Expectation, 'outcome'>, result: Judged | undefined): Shown {
  if (result === undefined) return NOT_SHOWN;
  if (result.verdict !== 'PASS') return unknown(result);
  if (isCut(result)) return CUT;
  return isOfOlder(outcome, upstreamVersion(result.kernel)) ? OF_OLDER : { state: 'has' };
}

function unseen(bug: KnownBug, leaves: readonly Observation[], result: Judged): Shown {
  if (result.verdict === 'SKIP') return unknown(result);
  if (leaves.length > 0) return leaves.every(isRight) ? { state: 'has' } : unknown(result);
  // After PASS and XPASS, the case has ended and all oracles have looked.
  const isWhole = result.verdict === 'PASS' || result.verdict === 'XPASS';
  if (!isWhole || Object.keys(bug.instead).length > 0) return unknown(result);
  return isCut(result) ? CUT : { state: 'has' };
}

/** A bug that was seen, by where its versions say that the kernel stands to it. */
function asExpected(bug: KnownBug, result: Judged): Shown {
  const kernel: KernelFacts = { version: upstreamVersion(result.kernel), config: null };
  switch (stateOf(bug, kernel)) {
    case 'present':
      return { state: 'lacks', why: expectedBug(bug, kernel) };
    case 'fixed':
      return { state: 'lacks', why: unexpectedBug(bug, kernel), missed: true };
    case 'undetermined':
      return { state: 'unknown', why: `${result.verdict}: ${expectedBug(bug, kernel)}` };
    case 'before':
      return unknown(result);
  }
}

/** Whether what was seen is declared of this bug, and of none that has another fix. */
function isOwn(bug: KnownBug, others: readonly KnownBug[], leaves: readonly Observation[], result: Judged): boolean {
  if (isReported(bug, result)) return !others.some((other) => isReported(other, result, bug));
  const wrong = leaves.filter(isWrong);
  const isOnlyHere = (leaf: Observation) => !others.some((other) => isAsIn(other, leaf));
  return wrong.every((leaf) => isAsIn(bug, leaf)) && wrong.some(isOnlyHere);
}

/** @param like count only reports that this bug declares too */
function isReported(bug: KnownBug, { oracles }: Judged, like = bug): boolean {
  return (
    oracles.splats.some((splat) => declaresSplat(bug, splat) && declaresSplat(like, splat)) ||
    oracles.leaks.some((leak) => declaresLeak(bug, leak) && declaresLeak(like, leak))
  );
}

/** Whether the leaf has the value that the bug declares. Of a matcher that cannot be told: results have values as text. */
function isAsIn(bug: KnownBug, { path, observed }: Observation): boolean {
  return declaredText(bug.instead, path) === observed;
}

function isDeclared(bug: KnownBug, leaf: Observation): boolean {
  return leaf.verdict === 'XFAIL' || (leaf.verdict === 'FAIL' && isAsIn(bug, leaf));
}

/** A program skipped what the expectation does not list. */
function isCut({ skips = [] }: Judged): boolean {
  return skips.length > 0;
}

function isWrong({ verdict }: Observation): boolean {
  return verdict === 'XFAIL' || verdict === 'FAIL';
}

function isRight({ verdict }: Observation): boolean {
  return verdict === 'PASS' || verdict === 'XPASS';
}

function reasonOf({ verdict, reason }: Judged): string {
  return reason ?? verdict;
}

function unknown(result: Judged): Shown {
  return { state: 'unknown', why: toldOf(result) };
}

/** The verdict with its reason, in a line, and whether it is always the same. */
export function toldOf(result: Judged): string {
  const { verdict, reason, earlier } = result;
  const told = reason === undefined ? verdict : `${verdict}: ${reason}`;
  if (!isUnstable(result)) return told;
  return `unstable: ${told}${earlier === undefined ? '' : `; an earlier run: ${earlier.verdict}`}`;
}
