/** A kernel release taken apart; versions of the kernel are not semver. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Number of the release candidate; Infinity for a release. */
  readonly candidate: number;
}

/** Reads `6.12.54+deb12-cloud-amd64`, `6.18-rc3`, `6.12`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-rc(\d+))?/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, candidate] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch ?? 0),
    candidate: candidate === undefined ? Number.POSITIVE_INFINITY : Number(candidate),
  };
}

/** Negative, 0 or positive, as for Array.sort; what is no version sorts first. What follows the numbers does not count. */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  const difference = left.major - right.major || left.minor - right.minor || left.patch - right.patch;
  if (difference !== 0) return difference;
  return left.candidate === right.candidate ? 0 : left.candidate < right.candidate ? -1 : 1;
}

/** The stable branch of a release: `6.12` for `6.12.54+deb12-cloud-amd64`. */
export function branchOf(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : `${version.major}.${version.minor}`;
}

/**
 * The upstream version of a kernel: `6.1.192` for Debian's `6.1.0-56-cloud-amd64`, whose release hides it, from the version
 * of its package; the release itself for a file.
 */
export function upstreamVersion(kernel: { readonly version: string; readonly package: string | null }): string {
  const packageVersion = kernel.package?.split('=').at(-1);
  const [, release, candidate] = /^(\d+\.\d+(?:\.\d+)?)(?:~(rc\d+))?/.exec(packageVersion ?? '') ?? [];
  if (release === undefined) return kernel.version;
  return candidate === undefined ? release : `${release}-${candidate}`;
}

/** Whether a kernel has a change, from its version alone; `unknown` where nobody has said. */
export type HasChange = 'has' | 'lacks' | 'unknown';

/**
 * Whether a release has a change (a fix, a regression, a feature). What is known for some branches says nothing of a branch that
 * is not named and does not descend from the change in mainline: it may have got a backport, or not.
 * @param firstIn the first version with the change, one for each branch: `['6.12.54', '6.17.4', '6.18']`. `6.18`, `6.18.0` and
 * `6.18-rc3` are mainline; `6.12.54` is a stable release, before which mainline 6.12 did not have it
 */
export function hasChange(version: string, firstIn: readonly string[]): HasChange {
  const own = firstIn.find((first) => branchOf(first) === branchOf(version));
  if (own !== undefined) return compareVersions(version, own) >= 0 ? 'has' : 'lacks';
  if (firstIn.some((first) => isMainline(first) && compareVersions(version, first) >= 0)) return 'has';
  // Mainline before the change, and before branches that had to get it later.
  const isBefore = isMainline(version) && firstIn.some((first) => compareVersions(version, first) < 0);
  return isBefore ? 'lacks' : 'unknown';
}

/** True for a release or a candidate of mainline, which every later branch descends from. */
export function isMainline(text: string): boolean {
  return parseVersion(text)?.patch === 0;
}
