/** CVE numbers that cases name, and the commits that they lead to. */
import type { Expectation } from '../expect/expectation.ts';

/** All CVE numbers that a case names. */
export function cveOf({ cve = [], knownBugs = [] }: Expectation): readonly string[] {
  return [...cve, ...knownBugs.flatMap((bug) => bug.cve ?? [])];
}

/** The commits that the number leads to, in any of the cases. */
export function commitsOf(number: string, expectations: Iterable<Expectation>): ReadonlySet<string> {
  const found = [...expectations].flatMap(({ cve = [], commit = [], knownBugs = [] }) => [
    ...(cve.includes(number) ? [commit].flat() : []),
    ...knownBugs.flatMap((bug) => (bug.fix !== null && bug.cve?.includes(number) ? [bug.fix] : [])),
  ]);
  return new Set(found);
}

/** Whether a case is a witness of one of the commits, also if it does not repeat the CVE number. */
export function namesCommit({ commit = [], knownBugs = [] }: Expectation, commits: ReadonlySet<string>): boolean {
  return [...[commit].flat(), ...knownBugs.map(({ fix }) => fix)].some((one) => one !== null && commits.has(one));
}
