import type { KnownBug } from '../expectation.ts';
import { isWithin, steps, valueAt } from '../judge/diff.ts';
import type { JudgedLeaf } from '../judge/judge-leaf.ts';
import { FIRST_OF_SHELL } from './rule.ts';

/** Problems that say no more than that a subtest failed (harness/scenario/results/conclude.ts and formats/tap.ts have the words). */
const FOLLOWS = /although a subtest( of it)? failed$/;

/**
 * The leaves of a program, with XFAIL for what follows from subtests that failed as declared: its own status, the status of a test
 * around them, and a problem that says that they failed. A program that a signal ended is not excused, nor one that is broken, unless
 * a subtest is broken as declared.
 */
export function excuseConsequences(leaves: readonly JudgedLeaf[], observations: object): readonly JudgedLeaf[] {
  const ofSubtests = leaves.filter(({ observation }) => isWithin(observation.path, 'subtests'));
  const declared = ofSubtests.filter(isDeclared);
  const [first] = declared;
  if (first?.bug === undefined) return leaves;
  const around = leaves.map((leaf) => (isExplainedParent(leaf, ofSubtests) ? excused(leaf, first.bug) : leaf));
  const rest = around.filter(isWrong);
  const isBroken = declared.some(({ observation: { path } }) => valueAt(observations, path) === 'broken');
  const status = valueAt(observations, 'status');
  const follows = ({ observation: { path } }: JudgedLeaf) =>
    (path === 'status' && (status === 'fail' || (status === 'broken' && isBroken))) ||
    (isWithin(path, 'problems') && FOLLOWS.test(String(valueAt(observations, path))));
  const isEndDeclared = leaves.some((leaf) => leaf.observation.path === 'exitCode' && isDeclared(leaf));
  if (!endedByItself(observations, isEndDeclared) || !rest.every(follows)) return around;
  return around.map((leaf) => (isWrong(leaf) ? excused(leaf, first.bug) : leaf));
}

/** A test whose name ends with a slash has the subtests whose names begin with its own. */
function isExplainedParent(leaf: JudgedLeaf, ofSubtests: readonly JudgedLeaf[]): boolean {
  const name = nameOf(leaf);
  if (!isWrong(leaf) || name === undefined || !name.endsWith('/')) return false;
  const within = ofSubtests.filter((other) => other !== leaf && nameOf(other)?.startsWith(name));
  return within.some(isDeclared) && within.every((one) => !isWrong(one) || isExplainedParent(one, ofSubtests));
}

function nameOf({ observation }: JudgedLeaf): string | undefined {
  const [root, name] = steps(observation.path);
  return root === 'subtests' ? name : undefined;
}

function isWrong({ observation }: JudgedLeaf): boolean {
  return observation.verdict === 'FAIL';
}

function isDeclared({ observation, bug }: JudgedLeaf): boolean {
  return observation.verdict === 'XFAIL' && bug !== undefined;
}

function excused(leaf: JudgedLeaf, bug: KnownBug | undefined): JudgedLeaf {
  return { ...(bug === undefined ? {} : { bug }), observation: { ...leaf.observation, verdict: 'XFAIL' } };
}

/** @param isDeclared whether a known bug names the exit status */
function endedByItself(observations: object, isDeclared: boolean): boolean {
  const { signal, exitCode } = { signal: undefined, exitCode: undefined, ...observations };
  const isOwn = typeof exitCode === 'number' && (exitCode < FIRST_OF_SHELL || isDeclared);
  return signal === null && isOwn && !('stoppedAfterMs' in observations);
}
