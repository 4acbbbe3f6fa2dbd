import type { Expectation, KnownBug } from '../expect/expectation.ts';
import { isWithin } from '../expect/judge/diff.ts';
import { notShown, type Race } from '../expect/race.ts';
import type { Judged } from '../run/results/results-file.ts';

/** `has`: the kernel behaves as one with the commit, which one that never had the bug does too. */
export type FixState = 'has' | 'lacks' | 'unknown';

/** The evidence of one case about one commit. */
export interface Witness {
  readonly case: string;
  readonly state: FixState;
  /** Why it is undetermined, or the evidence that the commit is missing. */
  readonly why?: string;
  /** The kernel is of a version that should have it: a fix that was missed. */
  readonly missed?: true;
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
 * @param results of one kernel
 */
export function audit(results: readonly Judged[], expectations: ReadonlyMap<string, Expectation>): Audited[] {
  const witnesses = new Map<string, { bugs: KnownBug[]; numbers: string[]; all: Witness[] }>();
  const hear = (commit: string, { bug, cve = [] }: Named, witness: Witness) => {
    const { bugs, numbers, all } = witnesses.get(commit) ?? { bugs: [], numbers: [], all: [] };
    const named = { bugs: bug === undefined ? bugs : [...bugs, bug], numbers: [...numbers, ...cve] };
    witnesses.set(commit, { ...named, all: [...all, witness] });
  };
  for (const [name, { knownBugs = [], commit = [], cve = [], race }] of expectations) {
    const result = results.find((one) => one.case === name);
    for (const bug of knownBugs) {
      if (bug.fix !== null)
        hear(
          bug.fix,
          { bug, ...(bug.cve && { cve: bug.cve }) },
          {
            case: name,
            ...unlessRace(bugShows(bug, bug.fix, result), race, result?.race),
          },
        );
    }
    const fixes = new Set(knownBugs.map(({ fix }) => fix));
    for (const own of [commit].flat())
      if (!fixes.has(own))
        hear(own, { cve }, { case: name, ...unlessRace(caseShows(own, result), race, result?.race) });
  }
  return [...witnesses]
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

/** What names a commit: a known bug, or a case as a whole. */
interface Named {
  readonly bug?: KnownBug;
  readonly cve?: readonly string[];
}

/** Whether a case is about one of the CVE numbers, or declares a bug with one. */
export function declaresCve(expectation: Expectation, numbers: readonly string[]): boolean {
  return cveOf(expectation).some((number) => numbers.includes(number));
}

/** All CVE numbers that a case names. */
export function cveOf({ cve = [], knownBugs = [] }: Expectation): readonly string[] {
  return [...cve, ...knownBugs.flatMap((bug) => bug.cve ?? [])];
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

type Shown = Omit<Witness, 'case'>;

/** A race that does not show is no evidence of a fix. */
function unlessRace(shown: Shown, race: Race | undefined, tried: Judged['race']): Shown {
  return shown.state === 'has' && race !== undefined ? { state: 'unknown', why: notShown(race, tried) } : shown;
}

function bugShows(bug: KnownBug, fix: string, result: Judged | undefined): Shown {
  const named = shownByName(fix, result);
  if (named !== undefined || result === undefined) return named ?? NOT_SHOWN;
  const paths = Object.keys(bug.instead);
  if (paths.length === 0) return caseShows(fix, result);
  const leaves = result.observations.filter(({ path }) => paths.some((declared) => isWithin(path, declared)));
  const right = leaves.length > 0 && leaves.every(({ verdict }) => verdict === 'PASS' || verdict === 'XPASS');
  return right ? { state: 'has' } : unknown(result);
}

function caseShows(commit: string, result: Judged | undefined): Shown {
  const named = shownByName(commit, result);
  if (named !== undefined || result === undefined) return named ?? NOT_SHOWN;
  return result.verdict === 'PASS' ? { state: 'has' } : unknown(result);
}

/** Where the verdict itself names the commit. */
function shownByName(commit: string, result: Judged | undefined): Shown | undefined {
  if (result?.fix !== commit) return undefined;
  if (result.verdict === 'XPASS') return { state: 'has' };
  const why = result.reason ?? result.verdict;
  if (result.verdict === 'XFAIL') return { state: 'lacks', why };
  return result.verdict === 'FAIL' ? { state: 'lacks', why, missed: true } : undefined;
}

/** Why a case that is not in the results tells nothing. */
export const NOT_JUDGED = 'the case was not judged';
const NOT_SHOWN: Shown = { state: 'unknown', why: NOT_JUDGED };

function unknown({ verdict, reason }: Judged): Shown {
  return { state: 'unknown', why: reason === undefined ? verdict : `${verdict}: ${reason}` };
}
