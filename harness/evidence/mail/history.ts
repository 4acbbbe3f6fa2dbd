import { attemptsText } from '../../expect/race.ts';
import { suffixOf } from '../../kernels/flavour.ts';
import { branchOf, compareVersions, upstreamVersion } from '../../kernels/version.ts';
import type { KernelIdentity } from '../../run/events.ts';
import type { Version } from '../versions.ts';

/** What the versions that were tried say of where a bug came from. */
export interface History {
  /** The last kernel without the bug and the first with it, where both were seen; why nothing is known where they were not. */
  readonly introduced: { readonly good: Version; readonly bad: Version } | { readonly unknown: string };
  /** The first kernel after the reported one that does not show it. */
  readonly gone: Version | undefined;
  /** Why a later kernel that does not show it may have it all the same. */
  readonly notGone?: string;
}

/**
 * A regression is what an older kernel of the same configuration was seen not to do. What was not tried, and what does not show in
 * every run, is no regression. The same holds for the kernels after it: a race that does not show, or a kernel of another
 * configuration, proves nothing.
 * @param versions oldest first
 * @param subject one of them, which shows the bug
 */
export function historyOf(versions: readonly Version[], subject: Version): History {
  // Two builds of one version are neither older nor newer than each other.
  const later = versions.filter((one) => ageOf(one, subject) > 0);
  const older = versions.filter((one) => ageOf(one, subject) < 0);
  const introduced = introducedIn(older, subject);
  const race = unshown(later);
  if (race !== undefined) return { introduced, gone: undefined, notGone: race };
  const without = later.filter(({ standing }, index) => {
    const rest = later.slice(index);
    return standing === 'good' && rest.every((one) => one.standing !== 'bad');
  });
  const gone = without.find(({ result }) => isAlike(result.kernel, subject.result.kernel));
  const [first] = without;
  if (gone !== undefined || first === undefined) return { introduced, gone };
  return { introduced, gone, notGone: otherConfiguration(first, subject) };
}

function otherConfiguration(without: Version, shown: Version): string {
  return `${without.label} does not show it, but it may be configured in another way than ${shown.label}`;
}

/** Why nothing follows from the versions on which a race did not show. */
function unshown(versions: readonly Version[]): string | undefined {
  const races = versions.filter(({ standing, result }) => result.race !== undefined && standing === 'unknown');
  if (races.length === 0) return undefined;
  const tried = races.map(({ label, runs }) => `${label}: ${attemptsText(runs)}`);
  return `it is a race, and a race that does not show proves nothing (${tried.join(', ')})`;
}

function ageOf(one: Version, other: Version): number {
  const [own, others] = [one, other].map(({ result }) => upstreamVersion(result.kernel));
  return compareVersions(own ?? '', others ?? '');
}

function introducedIn(older: readonly Version[], subject: Version): History['introduced'] {
  const upTo = [...older, subject];
  if (older.length === 0) return { unknown: 'no older kernel was tried' };
  const race = unshown(older);
  if (race !== undefined) return { unknown: race };
  const at = upTo.findLastIndex(({ standing }) => standing === 'good');
  const good = upTo[at];
  if (good === undefined) {
    const [oldest] = older.filter(({ standing }) => standing === 'bad');
    return {
      unknown:
        oldest === undefined
          ? 'nothing could be said of the older kernels that were tried'
          : `${oldest.label}, the oldest kernel that was tried, shows it too`,
    };
  }
  const bad = upTo.slice(at + 1).find(({ standing }) => standing === 'bad') ?? subject;
  const shown = upTo.slice(at + 1).filter(({ standing }) => standing === 'bad');
  if (shown.some(({ runs, hits }) => hits < runs))
    return { unknown: `it does not show in every run, so that ${good.label}, which did not show it, may have it too` };
  if (ageOf(good, bad) === 0) return { unknown: `${good.label} and ${bad.label} are builds of one version` };
  if (!isAlike(good.result.kernel, bad.result.kernel)) return { unknown: otherConfiguration(good, bad) };
  return { good, bad };
}

/** Whether two kernels have configurations of one kind: those of one flavour of a distribution, or of one profile of kconform's. */
function isAlike(one: KernelIdentity, other: KernelIdentity): boolean {
  return kindOf(one) !== undefined && kindOf(one) === kindOf(other);
}

function kindOf({ package: name, version, spec }: KernelIdentity): string | undefined {
  if (name === null) return /^v?[\d.]+(\+[a-z]+)$/.exec(spec)?.[1];
  const source = /^([a-z][a-z0-9-]*):/.exec(name)?.[1] ?? 'debian';
  return `${source} ${suffixOf(version)}`;
}

/**
 * `v6.12.57..v6.12.69`, as regzbot takes it. Stable releases of two branches are not ancestors of each other: then it is the range of
 * the mainline releases, `v6.1..v6.12`.
 */
export function rangeOf(range: { readonly good: Version; readonly bad: Version }): string {
  const { good, bad } = range;
  const branches = [good, bad].map(({ result }) => `v${branchOf(upstreamVersion(result.kernel))}`);
  return (isWithinBranch(range) ? [tagOf(good), tagOf(bad)] : branches).join('..');
}

/** The tag of a version in the kernel's repository: `v6.12.57`, also for a build that has more in its release. */
export function tagOf({ result }: Pick<Version, 'result'>): string {
  const version = upstreamVersion(result.kernel);
  return `v${/^\d+\.\d+(\.\d+)?(-rc\d+)?/.exec(version)?.[0] ?? version}`;
}

/** Whether both kernels are of one stable branch: then the change came with a stable release. */
export function isWithinBranch({ good, bad }: { readonly good: Version; readonly bad: Version }): boolean {
  return branchOf(upstreamVersion(good.result.kernel)) === branchOf(upstreamVersion(bad.result.kernel));
}
