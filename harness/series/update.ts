/** What an update from one kernel to another changes for user space, by the verdicts of cases on both. */
import type { Expectation } from '../expect/expectation.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { isWithin } from '../expect/judge/diff.ts';
import { isUnstable, type Standing, standingOf } from '../expect/judge/standing.ts';
import type { Verdict } from '../expect/outcome.ts';
import { notShown } from '../expect/race.ts';
import { branchOf, upstreamVersion } from '../kernels/version.ts';
import type { KernelIdentity } from '../run/events.ts';
import type { Judged } from '../run/results/results-file.ts';
import { areaOf, audit } from './audit.ts';

/** A fix or a change of the kernel that explains a difference. */
export interface Cause {
  /** The upstream commit, or its title. */
  readonly commit: string;
  /** What the bug does that it fixes; absent for a commit that is what a case is about. */
  readonly bug?: string;
  readonly cve: readonly string[];
  /** The first version of the newer kernel's branch with it, as the case declares it. */
  readonly since?: string;
}

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
 * - broken: it behaved and misbehaves now
 * - changed: it behaves on both, or misbehaves on both, and not in the same way
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
    if (old?.verdict === 'SKIP' && own?.verdict === 'SKIP') {
      inapplicable.push({ ...ofCase, reason: own.reason ?? '' });
      continue;
    }
    const [from, to] = [sureStanding(old), sureStanding(own)];
    const race = to === 'good' ? expectations.get(name)?.race : undefined;
    if (race !== undefined) {
      undetermined.push({ ...ofCase, before: doubtOf(old), after: notShown(race, own?.race) });
      continue;
    }
    if (old === undefined || own === undefined || from === 'unknown' || to === 'unknown') {
      undetermined.push({ ...ofCase, before: doubtOf(old), after: doubtOf(own) });
      continue;
    }
    const change = changeOf(old, own, expectations.get(name));
    if (change !== undefined) changes.push({ ...ofCase, ...change });
    // A case with several bugs can change and stay wrong.
    if (from === 'bad' && to === 'bad')
      stays.push({ ...ofCase, verdict: own.verdict, ...(own.reason && { reason: own.reason }) });
    // That both boot says nothing of a case.
    else if (change === undefined && name !== BOOT) same++;
  }
  return { before, after, changes, stays, undetermined, inapplicable, same };
}

/** A result that was another one before, with the same inputs, is no word about the kernel. */
function sureStanding(result: Judged | undefined): Standing {
  return result === undefined || isUnstable(result) ? 'unknown' : standingOf(result.verdict);
}

function doubtOf(result: Judged | undefined): string {
  if (result === undefined) return 'not judged';
  const { verdict, reason, earlier } = result;
  const told = reason === undefined ? verdict : `${verdict}: ${reason}`;
  if (!isUnstable(result)) return told;
  return `unstable: ${told}${earlier === undefined ? '' : `; an earlier run: ${earlier.verdict}`}`;
}

function changeOf(
  before: Judged,
  after: Judged,
  expectation: Expectation | undefined,
): Omit<UpdateChange, keyof OfCase> | undefined {
  const [from, to] = [standingOf(before.verdict), standingOf(after.verdict)];
  const observations = differences(before, after);
  const reports = { before: onlyIn(before, after), after: onlyIn(after, before) };
  const differs = observations.length + reports.before.length + reports.after.length > 0;
  if (from === to && !differs) return undefined;
  const bad = from === 'bad' ? before : to === 'bad' ? after : undefined;
  return {
    kind: from === to ? 'changed' : to === 'good' ? 'fixed' : 'broken',
    about: expectation?.about ?? after.case,
    observations,
    reports,
    ...(bad?.reason === undefined ? {} : { reason: bad.reason }),
    causes: expectation === undefined ? [] : causesOf(before, after, expectation, observations),
  };
}

/** Observations whose values differ and whose verdict or expectation differs too: other values under one matcher are no change. */
export function differences(before: Judged, after: Judged): ValueChange[] {
  const then = new Map(before.observations.map((one) => [one.path, one]));
  const now = new Map(after.observations.map((one) => [one.path, one]));
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((path): ValueChange[] => {
    const [old, own] = [then.get(path), now.get(path)];
    if (old === undefined || own === undefined) {
      // Of a subtest it says something that it was not there; other observations are missing where the case ended early.
      if (!isWithin(path, 'subtests')) return [];
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

/** The commits of which the one kernel shows that it lacks them, and the other that it has them; else declared bugs that the values tell. */
function causesOf(
  before: Judged,
  after: Judged,
  expectation: Expectation,
  observations: readonly ValueChange[],
): Cause[] {
  const states = (result: Judged) =>
    new Map(audit([result], new Map([[result.case, expectation]])).map((one) => [one.commit, one]));
  const [then, now] = [states(before), states(after)];
  const { knownBugs = [] } = expectation;
  const found = [...now.values()].filter(({ commit, state }) => {
    const was = then.get(commit)?.state;
    return was !== undefined && was !== 'unknown' && state !== 'unknown' && was !== state;
  });
  const branch = branchOf(upstreamVersion(after.kernel));
  const sinceOf = (versions: readonly string[]) => versions.find((version) => branchOf(version) === branch);
  const cause = (commit: string, cve: readonly string[], fixedIn: readonly string[], bug?: string): Cause => {
    const since = sinceOf(fixedIn);
    return { commit, ...(bug === undefined ? {} : { bug }), cve, ...(since === undefined ? {} : { since }) };
  };
  if (found.length > 0)
    return found.map(({ commit, cve, fixedIn }) =>
      cause(commit, cve, fixedIn, knownBugs.find(({ fix }) => fix === commit)?.title),
    );
  return knownBugs
    .filter(({ instead }) => Object.keys(instead).some((path) => observations.some((one) => isWithin(one.path, path))))
    .map(({ fix, cve = [], fixedIn, title }) => cause(fix ?? 'no commit is named', cve, fixedIn, title));
}

/** 0 nothing broke, 1 something did, 2 nothing could be said of any case. */
export function updateExitCode({ changes, stays, same }: Update): 0 | 1 | 2 {
  if (changes.some(({ kind }) => kind === 'broken')) return 1;
  return changes.length + stays.length + same === 0 ? 2 : 0;
}
