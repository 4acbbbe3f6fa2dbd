import type { Behaviour } from './behaviours.ts';
import type { Expectation } from './expectation.ts';
import { isWithin } from './judge/diff.ts';
import { type ExpectedLeaf, leavesOf } from './judge/leaves.ts';

/** A case with its expectation. */
export interface ReadCase {
  readonly name: string;
  readonly expectation: Expectation;
}

/** The expected value of a case at one path. */
export interface HeldObservation extends ExpectedLeaf {
  /** Ids of the behaviours that it observes. */
  readonly behaviours: readonly string[];
  /** Title of the quirk that the value belongs to. */
  readonly quirk?: string;
  /** Titles of the known bugs that change the value. */
  readonly bugs?: readonly string[];
}

/** Observations of one case for the same behaviour or commit. */
export interface CaseObservations {
  readonly case: string;
  readonly paths: readonly string[];
}

export interface Coverage {
  readonly commits: readonly { readonly commit: string; readonly looks: readonly CaseObservations[] }[];
  readonly behaviours: readonly { readonly behaviour: Behaviour; readonly looks: readonly CaseObservations[] }[];
  /** Observations without a behaviour. */
  readonly loose: readonly CaseObservations[];
}

/** The observations that a case's expectation holds the kernel to, in its order. */
export function heldObservations({ outcome, behaviours = {}, quirks, knownBugs }: Expectation): HeldObservation[] {
  const at = (path: string, paths: readonly string[]) => paths.some((declared) => isWithin(path, declared));
  return leavesOf(outcome).map((leaf) => {
    const ids = Object.entries(behaviours).filter(([, paths]) => paths === 'all' || at(leaf.path, paths));
    const quirk = quirks?.find(({ promised }) => at(leaf.path, Object.keys(promised)));
    const bugs = knownBugs?.filter(({ instead }) => at(leaf.path, Object.keys(instead))) ?? [];
    return {
      ...leaf,
      behaviours: ids.map(([id]) => id),
      ...(quirk && { quirk: quirk.title }),
      ...(bugs.length > 0 && { bugs: bugs.map(({ title }) => title) }),
    };
  });
}

/**
 * The observations of each behaviour and of each commit. An observation belongs to a commit through its behaviours, or, if it has
 * none, through the commit of its case.
 */
export function coverageOf(cases: readonly ReadCase[], behaviours: readonly Behaviour[]): Coverage {
  const held = cases.map(({ name, expectation }) => ({
    case: name,
    commits: commitsOf(expectation),
    observations: heldObservations(expectation),
  }));
  const looks = (seen: (observation: HeldObservation, commits: readonly string[]) => boolean): CaseObservations[] =>
    held
      .map(({ case: name, commits, observations }) => {
        const paths = observations.filter((observation) => seen(observation, commits)).map(({ path }) => path);
        return { case: name, paths };
      })
      .filter(({ paths }) => paths.length > 0);

  const commits = new Set([...behaviours.flatMap((known) => known.commits), ...held.flatMap((one) => one.commits)]);
  const madeBy = (commit: string) =>
    new Set(behaviours.filter((known) => known.commits.includes(commit)).map(({ id }) => id));
  return {
    commits: [...commits].map((commit) => {
      const made = madeBy(commit);
      return {
        commit,
        looks: looks((observation, own) =>
          observation.behaviours.length === 0
            ? own.includes(commit)
            : observation.behaviours.some((id) => made.has(id)),
        ),
      };
    }),
    behaviours: behaviours.map((behaviour) => ({
      behaviour,
      looks: looks((observation) => observation.behaviours.includes(behaviour.id)),
    })),
    loose: looks((observation) => observation.behaviours.length === 0),
  };
}

/** The commits of an expectation, as a list. */
export function commitsOf({ commit = [] }: Expectation): readonly string[] {
  return typeof commit === 'string' ? [commit] : commit;
}
