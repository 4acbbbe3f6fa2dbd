import { isUnstable, standingOf } from '../expect/judge/standing.ts';
import { isMismatch, isUnexpected } from '../expect/outcome.ts';
import { DEFAULT_MACHINE, machineKey } from '../machine/machine.ts';
import type { Edit } from '../run/discovery/case-inputs.ts';
import { jobKey } from '../run/events.ts';
import type { Judged } from '../run/results/results-file.ts';
import { kernelsOf, labelsOf } from './kernels.ts';
import { pairKernels } from './pairs.ts';

/**
 * - regression: a FAIL that was none before, or one in more observations or with other splats, leaks or taints
 * - edited: the result differs, and so does the case: nothing follows for the kernel. Counts like a new case
 * - fixed: it misbehaved, declared or not, and behaves now
 * - undetermined: a race shows in one of the runs only; a race that did not show proves nothing. Counts like a new case
 * - unstable: it came to different verdicts within one run
 * - persistent: as unexpected as before
 * - new, missing: judged in one of the runs only; a new FAIL or XPASS counts as a regression (comparisonExitCode)
 * - changed: any other difference, also a declared one (XFAIL, another expectation for another version)
 */
export type Change =
  | 'regression'
  | 'edited'
  | 'undetermined'
  | 'unstable'
  | 'changed'
  | 'fixed'
  | 'new'
  | 'missing'
  | 'persistent';

export const CHANGES: readonly Change[] = [
  'regression',
  'edited',
  'undetermined',
  'unstable',
  'changed',
  'fixed',
  'new',
  'missing',
  'persistent',
];

export interface Compared {
  readonly change: Change;
  readonly case: string;
  /** Label of the kernel, of both where they are two. */
  readonly kernel: string;
  readonly before?: Judged;
  readonly after?: Judged;
}

export interface Comparison {
  readonly compared: readonly Compared[];
  /** How many pairs of kernels there are. */
  readonly kernels: number;
  /** How many cases, on how many pairs of kernels, were judged in both runs. */
  readonly common: number;
  /** How many of these have the same result. */
  readonly same: number;
}

/**
 * What became of each case from one run to another, the gravest first.
 * @param editOf what of a case was edited between the runs
 */
export function compareRuns(
  before: readonly Judged[],
  after: readonly Judged[],
  editOf: (name: string) => Edit = () => 'nothing',
): Comparison {
  const labels = labelsOf(kernelsOf([...before, ...after]));
  const label = ({ kernel }: Judged) => labels.get(kernel.id) ?? kernel.version;
  const pairs = new Map(pairKernels(before, after).map((pair) => [pair.after.id, pair.before]));
  const left = indexed(before);
  const compared: Compared[] = [];
  let common = 0;
  for (const now of indexed(after).values()) {
    const counterpart = pairs.get(now.kernel.id);
    const key = counterpart === undefined ? '' : jobKey(counterpart, now.case);
    const then = left.get(key);
    left.delete(key);
    if (then === undefined) {
      compared.push({ change: 'new', case: now.case, kernel: label(now), after: now });
      continue;
    }
    common++;
    const change = changeOf(then, now, sameMachine(then, now) ? editOf(now.case) : 'own');
    const kernel = then.kernel.id === now.kernel.id ? label(now) : `${label(then)} → ${label(now)}`;
    if (change !== undefined) compared.push({ change, case: now.case, kernel, before: then, after: now });
  }
  const same = common - compared.filter(({ change }) => change !== 'new').length;
  for (const then of left.values()) {
    compared.push({ change: 'missing', case: then.case, kernel: label(then), before: then });
  }
  const order = ({ change }: Compared) => CHANGES.indexOf(change);
  return { compared: compared.sort((a, b) => order(a) - order(b)), kernels: pairs.size, common, same };
}

/** A case that is an ERROR now and was none: nothing is known of it any more. */
function broke({ change, after }: Compared): boolean {
  return change !== 'persistent' && after?.verdict === 'ERROR';
}

/** A regression, or a wrong verdict of a case that is new, was edited or is a race: nobody has accepted that verdict. */
function isRegression({ change, after }: Compared): boolean {
  const isFirst = change === 'new' || change === 'edited' || change === 'undetermined';
  if (!isFirst || after === undefined) return change === 'regression';
  return isMismatch(after.verdict) && !isUnstable(after);
}

/** What fails a comparison. */
export function isGrave(one: Compared): boolean {
  return isRegression(one) || broke(one);
}

/**
 * 2 when nothing was judged in both runs; 1 with a regression, or a new, edited or undetermined case with FAIL or XPASS; 2 when a case is an
 * ERROR now that was none; else 0. What is unstable is printed, and is no regression.
 */
export function comparisonExitCode({ compared, common }: Comparison): 0 | 1 | 2 {
  if (common === 0) return 2;
  if (compared.some(isRegression)) return 1;
  return compared.some(broke) ? 2 : 0;
}

/** Whether both ran on the same machine, with the same packages. */
export function sameMachine(one: Judged, other: Judged): boolean {
  const key = ({ machine = DEFAULT_MACHINE, packages }: Judged) => `${machineKey(machine)} ${packages?.sha256}`;
  return key(one) === key(other);
}

function changeOf(before: Judged, after: Judged, edit: Edit): Change | undefined {
  const change = verdictChange(before, after);
  if (change !== 'regression' && change !== 'fixed' && change !== 'changed') return change;
  return edit === 'own' || (edit === 'shared' && isExpectedOtherwise(before, after)) ? 'edited' : change;
}

/** Where the kernel showed the same and another value is expected, the edit explains the difference. */
function isExpectedOtherwise(before: Judged, after: Judged): boolean {
  const then = new Map(before.observations.map((one) => [one.path, one]));
  const known = new Set(complaintsOf(before));
  const paths = new Set(after.observations.map(({ path }) => path));
  if (complaintsOf(after).some((complaint) => !known.has(complaint) && !paths.has(complaint))) return false;
  const differing = after.observations.filter(({ path, verdict }) => then.get(path)?.verdict !== verdict);
  return (
    differing.length > 0 &&
    differing.every(({ path, observed, expected }) => {
      const old = then.get(path);
      return old !== undefined && old.observed === observed && old.expected !== expected;
    })
  );
}

function verdictChange(before: Judged, after: Judged): Change | undefined {
  const failsNow = after.verdict === 'FAIL';
  if (isUnstable(after)) return 'unstable';
  if (isUnstable(before)) return failsNow ? 'regression' : 'unstable';
  if (isUndetermined(before, after)) return 'undetermined';
  if (before.verdict !== after.verdict) {
    if (failsNow) return 'regression';
    return standingOf(before.verdict) === 'bad' && standingOf(after.verdict) === 'good' ? 'fixed' : 'changed';
  }
  if (failsNow) return failureChange(before, after);
  if (isUnexpected(after.verdict)) return 'persistent';
  return before.fix === after.fix && expectationOf(before) === expectationOf(after) ? undefined : 'changed';
}

/** Whether a race shows on one side only. An ERROR is reported as one. */
function isUndetermined(before: Judged, after: Judged): boolean {
  if (before.race === undefined && after.race === undefined) return false;
  if (before.verdict === 'ERROR' || after.verdict === 'ERROR') return false;
  return (standingOf(before.verdict) === 'bad') !== (standingOf(after.verdict) === 'bad');
}

function failureChange(before: Judged, after: Judged): Change {
  const then = new Set(complaintsOf(before));
  const now = complaintsOf(after);
  if (now.some((complaint) => !then.has(complaint))) return 'regression';
  return now.length === then.size && seenIn(before) === seenIn(after) ? 'persistent' : 'changed';
}

/** What is wrong, without the values: paths that fail and reports of the kernel about itself; if there is neither, the reason. */
function complaintsOf({ observations, oracles, reason = '' }: Judged): string[] {
  const complaints = [
    ...observations.filter(({ verdict }) => verdict === 'FAIL').map(({ path }) => path),
    ...oracles.splats.map(({ kind, title }) => `${kind} ${title}`),
    ...oracles.leaks.map(({ backtrace }) => `leak ${backtrace[0]?.replace(/\+0x.*/, '')}`),
    ...oracles.taints.map((taint) => `taint ${taint}`),
  ];
  return complaints.length > 0 ? [...new Set(complaints)] : [reason];
}

function seenIn({ observations }: Judged): string {
  return JSON.stringify(
    observations.filter(({ verdict }) => verdict === 'FAIL').map((one) => [one.path, one.observed]),
  );
}

/** Other values under the same matcher are no change. */
function expectationOf({ observations }: Judged): string {
  return JSON.stringify(observations.map(({ path, verdict, expected }) => [path, verdict, expected]));
}

/** Of two results of one case on one kernel the later counts. */
function indexed(results: readonly Judged[]): Map<string, Judged> {
  return new Map(results.map((one) => [jobKey(one.kernel, one.case), one]));
}
