/** Which commits explain that a case shows something else on a newer kernel. */
import type { Expectation } from '../expect/expectation.ts';
import { branchOf, compareVersions, upstreamVersion } from '../kernels/version.ts';
import type { Judged } from '../run/results/results-file.ts';
import { audit } from './audit.ts';

/** A fix or a change of the kernel that explains a difference. */
export interface Cause {
  /** The upstream commit, or its title. */
  readonly commit: string;
  /** `with`: the newer kernel behaves as one with the commit, the older one as one without it. `without`: the other way round. */
  readonly newer: 'with' | 'without';
  /** What the bug does that it fixes; absent for a commit that is what a case is about. */
  readonly bug?: string;
  readonly cve: readonly string[];
  /** The first version of the newer kernel's branch with it, as the case declares it; absent where that is not between the two kernels. */
  readonly since?: string;
}

/** The commits that the one kernel shows to be present, and the other to be missing. */
export function causesOf(before: Judged, after: Judged, expectation: Expectation): Cause[] {
  const states = (result: Judged) =>
    new Map(audit([result], new Map([[result.case, expectation]])).map((one) => [one.commit, one]));
  const [then, now] = [states(before), states(after)];
  return [...now.values()].flatMap(({ commit, state, cve, fixedIn }): Cause[] => {
    const was = then.get(commit)?.state;
    if (was === undefined || was === 'unknown' || state === 'unknown' || was === state) return [];
    const bug = expectation.knownBugs?.find(({ fix }) => fix === commit)?.title;
    const newer = state === 'has' ? 'with' : 'without';
    const since = newer === 'with' ? firstBetween(before, after, fixedIn) : undefined;
    return [{ commit, newer, ...(bug && { bug }), cve, ...(since && { since }) }];
  });
}

/** The version of the newer kernel's branch, if the update goes past it. */
function firstBetween(before: Judged, after: Judged, fixedIn: readonly string[]): string | undefined {
  const [from, to] = [upstreamVersion(before.kernel), upstreamVersion(after.kernel)];
  return fixedIn.find(
    (version) =>
      branchOf(version) === branchOf(to) && compareVersions(from, version) < 0 && compareVersions(version, to) <= 0,
  );
}
