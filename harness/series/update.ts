/** What an update from one kernel to another changes for user space, by the verdicts of cases on both. */
import type { Expectation } from '../expect/expectation.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { isWithin } from '../expect/judge/diff.ts';
import { splatMatches } from '../expect/judge/oracles.ts';
import { isUnstable, type Standing, standingOf } from '../expect/judge/standing.ts';
import type { Verdict } from '../expect/outcome.ts';
import { notShown } from '../expect/race.ts';
import type { KernelIdentity } from '../run/events.ts';
import type { Judged } from '../run/results/results-file.ts';
import { areaOf } from './audit.ts';
import { type Cause, causesOf } from './causes.ts';
import { toldOf } from './shown.ts';

/** One observation before and after the update. */
export interface ValueChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

interface OfCase {
  readonly case: string;
  /** The folder of the case. */
  readonly area: string;
}

/**
 * - fixed: it misbehaved, declared or not, and behaves now
 * - broken: it misbehaves now, and behaved, or misbehaved in fewer observations or with other splats, leaks or taints
 * - changed: any other difference
 */
export type UpdateKind = 'fixed' | 'broken' | 'changed';

export interface UpdateChange extends OfCase {
  readonly kind: UpdateKind;
  readonly about: string;
  readonly observations: readonly ValueChange[];
  /** Splats, leaks and taints of only one of the two. */
  readonly reports: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** The reason of the verdict on the kernel that misbehaves. */
  readonly reason?: string;
  readonly causes: readonly Cause[];
}

/** What misbehaves on both; it may do so in another way. */
export interface Stays extends OfCase {
  readonly verdict: Verdict;
  readonly reason?: string;
}

export interface Undetermined extends OfCase {
  readonly before: string;
  readonly after: string;
  /** What counts all the same: a race that is a FAIL on the newer kernel and did not show on the older one, or an ERROR on the newer one only. */
  readonly fails?: 'race' | 'error';
}

export interface Update {
  readonly before: KernelIdentity;
  readonly after: KernelIdentity;
  readonly changes: readonly UpdateChange[];
  readonly stays: readonly Stays[];
  readonly undetermined: readonly Undetermined[];
  /** Cases that apply to neither of the two, with the reason of the newer one. */
  readonly inapplicable: readonly (OfCase & { readonly reason: string })[];
  /** How many cases behave on both, in the same way. */
  readonly same: number;
}

/**
 * @param results of both kernels; of two results of one case on one kernel the later counts
 * @param expectations of the cases, for what they are about and the fixes that they name
 */
export function updateOf(
  before: KernelIdentity,
  after: KernelIdentity,
  results: readonly Judged[],
  expectations: ReadonlyMap<string, Expectation>,
): Update {
  const on = (kernel: KernelIdentity) =>
    new Map(results.filter((one) => one.kernel.id === kernel.id).map((one) => [one.case, one]));
  const [then, now] = [on(before), on(after)];
  const names = [...new Set([...then.keys(), ...now.keys()])].sort();
  const changes: UpdateChange[] = [];
  const stays: Stays[] = [];
  const undetermined: Undetermined[] = [];
  const inapplicable: (OfCase & { reason: string })[] = [];
  let same = 0;
  for (const name of names) {
    const [old, own] = [then.get(name), now.get(name)];
    const ofCase = { case: name, area: areaOf(name) };
    const expectation = expectations.get(name);
    const doubt = undeterminedOf(old, own, expectation);
    if (doubt !== undefined) {
      undetermined.push({ ...ofCase, ...doubt });
      continue;
    }
    if (old === undefined || own === undefined || own.verdict === 'SKIP') {
      inapplicable.push({ ...ofCase, reason: own?.reason ?? '' });
      continue;
    }
    const change = changeOf(old, own, expectation);
    if (change !== undefined) changes.push({ ...ofCase, ...change });
    // A case with several bugs can change and stay wrong.
    if (standingIn(old, expectation) === 'bad' && standingIn(own, expectation) === 'bad')
      stays.push({ ...ofCase, verdict: own.verdict, ...(own.reason && { reason: own.reason }) });
    // That both boot says nothing of a case.
    else if (change === undefined && name !== BOOT) same++;
  }
  return { before, after, changes, stays, undetermined, inapplicable, same };
}

/** Why the two say nothing about an update; undefined where they do, or where the case applies to neither kernel. */
function undeterminedOf(
  old: Judged | undefined,
  own: Judged | undefined,
  expectation: Expectation | undefined,
): Omit<Undetermined, keyof OfCase> | undefined {
  const [from, to] = [sureStanding(old, expectation), sureStanding(own, expectation)];
  const race = expectation?.race;
  const told = (result: Judged | undefined) =>
    race !== undefined && result !== undefined && isHidden(result) ? notShown(race, result.race) : doubtOf(result);
  const doubt = { before: told(old), after: told(own) };
  if (race !== undefined && from !== 'bad' && to === 'bad')
    return own?.verdict === 'FAIL' ? { ...doubt, fails: 'race' } : doubt;
  if (race !== undefined && own !== undefined && isHidden(own)) return doubt;
  if (old?.verdict === 'SKIP' && own?.verdict === 'SKIP') return undefined;
  if (from !== 'unknown' && to !== 'unknown') return undefined;
  return own?.verdict === 'ERROR' && old?.verdict !== 'ERROR' ? { ...doubt, fails: 'error' } : doubt;
}

/** Of a race: it ran and did not show. */
function isHidden({ verdict, race }: Judged): boolean {
  return verdict === 'PASS' || verdict === 'XPASS' || (verdict === 'SKIP' && race !== undefined);
}

/** A result that was another one before, with the same inputs, is no word about the kernel. */
function sureStanding(result: Judged | undefined, expectation: Expectation | undefined): Standing {
  return result === undefined || isUnstable(result) ? 'unknown' : standingIn(result, expectation);
}

/** Where one declared bug is gone, which is an XPASS, another one of the case may still be there. */
function standingIn({ verdict, observations, oracles }: Judged, expectation: Expectation | undefined): Standing {
  if (verdict !== 'XPASS') return standingOf(verdict);
  const declared = (expectation?.knownBugs ?? []).flatMap(({ splats = [] }) => splats);
  const isWrong =
    observations.some((one) => standingOf(one.verdict) === 'bad') ||
    oracles.splats.some((splat) => declared.some((one) => splatMatches(one, splat)));
  return isWrong ? 'bad' : 'good';
}

function doubtOf(result: Judged | undefined): string {
  return result === undefined ? 'not judged' : toldOf(result);
}

function changeOf(
  before: Judged,
  after: Judged,
  expectation: Expectation | undefined,
): Omit<UpdateChange, keyof OfCase> | undefined {
  const [from, to] = [standingIn(before, expectation), standingIn(after, expectation)];
  const observations = differences(before, after);
  const reports = { before: onlyIn(before, after), after: onlyIn(after, before) };
  const differs = observations.length + reports.before.length + reports.after.length > 0;
  if (from === to && !differs) return undefined;
  const isWorse = to === 'bad' && (from === 'good' || reports.after.length > 0 || hasMoreWrong(before, after));
  const bad = from === 'bad' ? before : to === 'bad' ? after : undefined;
  return {
    kind: isWorse ? 'broken' : from === 'bad' && to === 'good' ? 'fixed' : 'changed',
    about: expectation?.about ?? after.case,
    observations,
    reports,
    ...(bad?.reason === undefined ? {} : { reason: bad.reason }),
    causes: expectation === undefined ? [] : causesOf(before, after, expectation),
  };
}

/** Whether something is wrong that was right before, or that the older kernel did not get to. */
function hasMoreWrong(before: Judged, after: Judged): boolean {
  const then = new Set(wrongIn(before));
  return wrongIn(after).some((path) => !then.has(path));
}

function wrongIn({ observations }: Judged): string[] {
  return observations.filter(({ verdict }) => standingOf(verdict) === 'bad').map(({ path }) => path);
}

/** Observations whose values differ and whose verdict or expectation differs too: other values under one matcher are no change. */
export function differences(before: Judged, after: Judged): ValueChange[] {
  const then = new Map(before.observations.map((one) => [one.path, one]));
  const now = new Map(after.observations.map((one) => [one.path, one]));
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((path): ValueChange[] => {
    const [old, own] = [then.get(path), now.get(path)];
    if (old === undefined || own === undefined) {
      // Of a subtest it says something that it was not there; others are missing where the case ended early, and one that is right says nothing.
      const isRight = standingOf((old ?? own)?.verdict ?? 'PASS') === 'good';
      if (isRight && !isWithin(path, 'subtests')) return [];
      return [{ path, before: old?.observed ?? NOT_OBSERVED, after: own?.observed ?? NOT_OBSERVED }];
    }
    if (old.observed === own.observed) return [];
    if (old.verdict === own.verdict && own.verdict === 'PASS' && old.expected === own.expected) return [];
    return [{ path, before: old.observed, after: own.observed }];
  });
}

const NOT_OBSERVED = '(not observed)';

function onlyIn(one: Judged, other: Judged): string[] {
  const known = new Set(reportsOf(other));
  return reportsOf(one).filter((report) => !known.has(report));
}

/** What the kernel reported about itself, without what differs from run to run. */
function reportsOf({ oracles }: Judged): string[] {
  return [
    ...new Set([
      ...oracles.splats.map(({ kind, title }) => (title.includes(kind) ? title : `${kind}: ${title}`)),
      ...oracles.leaks.map(({ backtrace }) => `leak in ${backtrace[0]?.replace(/\+0x.*/, '')}`),
      ...oracles.taints.map((taint) => `taint ${taint}`),
    ]),
  ];
}

/** 1 something broke, or a race is a FAIL on the newer kernel; 2 an ERROR on the newer kernel only, or nothing could be said of any case; else 0. */
export function updateExitCode({ changes, stays, undetermined, same }: Update): 0 | 1 | 2 {
  const fails = (kind: Undetermined['fails']) => undetermined.some((one) => one.fails === kind);
  if (changes.some(({ kind }) => kind === 'broken') || fails('race')) return 1;
  return fails('error') || changes.length + stays.length + same === 0 ? 2 : 0;
}
