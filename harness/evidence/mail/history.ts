import { suffixOf } from '../../kernels/flavour.ts';
import { branchOf, upstreamVersion } from '../../kernels/version.ts';
import type { KernelIdentity } from '../../run/events.ts';
import type { Version } from '../versions.ts';

/** What the versions that were tried say of where a bug came from. */
export interface History {
  /** The last kernel without the bug and the first with it, where both were seen; why nothing is known where they were not. */
  readonly introduced: { readonly good: Version; readonly bad: Version } | { readonly unknown: string };
  /** The first kernel after the reported one that does not show it. */
  readonly gone: Version | undefined;
}

/**
 * A regression is what an older kernel of the same configuration was seen not to do. What was not tried, and what does not show in
 * every run, is no regression.
 * @param versions oldest first
 * @param subject one of them, which shows the bug
 */
export function historyOf(versions: readonly Version[], subject: Version): History {
  const place = versions.indexOf(subject);
  const later = versions.slice(place + 1);
  const gone = later.find(({ standing }, index) => {
    const rest = later.slice(index);
    return standing === 'good' && rest.every((one) => one.standing !== 'bad');
  });
  return { introduced: introducedIn(versions.slice(0, place + 1), subject), gone };
}

function introducedIn(upTo: readonly Version[], subject: Version): History['introduced'] {
  const older = upTo.slice(0, -1);
  if (older.length === 0) return { unknown: 'no older kernel was tried' };
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
  if (!isAlike(good.result.kernel, bad.result.kernel))
    return {
      unknown: `${good.label} does not show it, but it may be configured in another way than ${bad.label}`,
    };
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

/** `v6.12.57..v6.12.69`, as regzbot takes it. */
export function rangeOf({ good, bad }: { readonly good: Version; readonly bad: Version }): string {
  const [from, to] = [good, bad].map(({ result }) => `v${upstreamVersion(result.kernel)}`);
  return `${from}..${to}`;
}

/** Whether both kernels are of one stable branch: then the change came with a stable release. */
export function isWithinBranch({ good, bad }: { readonly good: Version; readonly bad: Version }): boolean {
  return branchOf(upstreamVersion(good.result.kernel)) === branchOf(upstreamVersion(bad.result.kernel));
}
