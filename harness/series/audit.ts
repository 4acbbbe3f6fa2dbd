import type { Expectation, KnownBug } from '../expect/expectation.ts';
import { isUnstable } from '../expect/judge/standing.ts';
import { withPlainPaths } from '../expect/program/rule.ts';
import { notShown, type Race } from '../expect/race.ts';
import type { Judged } from '../run/results/results-file.ts';
import { bugShows, caseShows, type FixState, type Shown, toldOf } from './shown.ts';

/** The evidence of one case about one commit. */
export interface Witness extends Shown {
  readonly case: string;
}

export interface Audited {
  readonly commit: string;
  /** The folder of the first case that names it: `io-uring`. */
  readonly area: string;
  /** Whether it fixes a bug that a case declares; else it is what a case is about. */
  readonly fixes: boolean;
  /** CVE numbers of what it fixes. */
  readonly cve: readonly string[];
  /** The first versions with it, one per branch, as the cases declare them. */
  readonly fixedIn: readonly string[];
  readonly state: FixState;
  readonly witnesses: readonly Witness[];
}

/**
 * Which of the commits that cases name a kernel has, from the verdicts alone. One case that shows a commit to be lacking outweighs
 * all that do not.
 * @param results of one kernel; of two of one case the later counts
 * @param isEdited whether the case was edited since the result, which was then judged by other expectations
 */
export function audit(
  results: readonly Judged[],
  expectations: ReadonlyMap<string, Expectation>,
  isEdited: (result: Judged) => boolean = () => false,
): Audited[] {
  const found = new Map<string, { bugs: KnownBug[]; numbers: string[]; all: Witness[] }>();
  const heardOf = (commit: string) => {
    const heard = found.get(commit) ?? { bugs: [], numbers: [], all: [] };
    found.set(commit, heard);
    return heard;
  };
  for (const [name, given] of expectations) {
    const expectation = given.program === undefined ? given : withPlainPaths(given);
    const { knownBugs = [], commit = [], cve = [], race } = expectation;
    const result = results.findLast((one) => one.case === name);
    const doubt = result && doubtOf(result, race, isEdited(result));
    const shown = (one: Shown): Witness => ({ case: name, ...(doubt ?? unlessRace(one, race, result?.race)) });
    for (const bug of knownBugs) {
      if (bug.fix === null) continue;
      const heard = heardOf(bug.fix);
      heard.bugs.push(bug);
      heard.numbers.push(...(bug.cve ?? []));
      heard.all.push(shown(bugShows(bug, expectation, result)));
    }
    const fixes = new Set(knownBugs.map(({ fix }) => fix));
    for (const own of [commit].flat()) {
      const heard = heardOf(own);
      heard.numbers.push(...cve);
      if (!fixes.has(own)) heard.all.push(shown(caseShows(expectation, result)));
    }
  }
  return [...found]
    .map(([commit, { bugs, numbers, all }]) => ({
      commit,
      area: areaOf(all[0]?.case ?? ''),
      fixes: bugs.length > 0,
      cve: [...new Set(numbers)],
      fixedIn: [...new Set(bugs.flatMap(({ fixedIn }) => fixedIn))],
      state: stateOf(all),
      witnesses: all,
    }))
    .sort((a, b) => Number(b.fixes) - Number(a.fixes) || compare(a.area, b.area) || compare(a.commit, b.commit));
}

/** The folder of a case: `io-uring` for `io-uring/open-slot`. */
export function areaOf(name: string): string {
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : name;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function stateOf(witnesses: readonly Witness[]): FixState {
  const states = witnesses.map(({ state }) => state);
  return states.includes('lacks') ? 'lacks' : states.includes('has') ? 'has' : 'unknown';
}

/** Why a result says nothing of any commit. A race is not the same each time: what it showed once is true. */
function doubtOf(result: Judged, race: Race | undefined, isEdited: boolean): Shown | undefined {
  if (isEdited) return { state: 'unknown', why: 'the case was edited since this run' };
  return isUnstable(result) && race === undefined ? { state: 'unknown', why: toldOf(result) } : undefined;
}

/** A race that does not show is no evidence of a fix. */
function unlessRace(shown: Shown, race: Race | undefined, tried: Judged['race']): Shown {
  return shown.state === 'has' && race !== undefined ? { state: 'unknown', why: notShown(race, tried) } : shown;
}
