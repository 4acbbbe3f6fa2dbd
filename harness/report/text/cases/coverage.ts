import { type CaseObservations, type Coverage, heldObservations, type ReadCase } from '../../../expect/coverage.ts';
import type { FailedBefore } from '../../../prove/failed-before.ts';
import { count } from './cases.ts';

/** Coverage as text: the observations of each commit and behaviour, then what is missing on either side. */
export function printCoverage({ commits, behaviours, loose }: Coverage): string[] {
  const unseen = behaviours.filter(({ looks }) => looks.length === 0);
  const unseenCommits = commits.filter(({ looks }) => looks.length === 0);
  return [
    ...commits.flatMap(({ commit, looks }) => [`commit ${commit}: ${total(looks)}`, ...looks.map(lookLine)]),
    '',
    ...behaviours
      .filter(({ looks }) => looks.length > 0)
      .flatMap(({ behaviour, looks }) => [`${behaviour.id}: ${behaviour.statement}`, ...looks.map(lookLine)]),
    '',
    `Behaviours without an observation (${unseen.length} of ${behaviours.length}):`,
    ...unseen.flatMap(({ behaviour: { id, statement, where, unobserved } }) => [
      `  ${id}: ${statement} (${where})`,
      ...(unobserved === undefined ? [] : [`    ${unobserved}`]),
    ]),
    `Commits without an observation (${unseenCommits.length} of ${commits.length}):`,
    ...unseenCommits.map(({ commit }) => `  ${commit}`),
    `Observations without a behaviour (${sum(loose)}):`,
    ...loose.map(lookLine),
  ];
}

/** Which observations have failed on a mutant, and which never have. */
export function printFailedBefore(cases: readonly ReadCase[], seen: FailedBefore): string[] {
  const all = cases.map(({ name, expectation }) => ({
    case: name,
    paths: heldObservations(expectation).map(({ path }) => path),
  }));
  const never = all
    .map((look) => ({ ...look, paths: look.paths.filter((path) => !seen.get(look.case)?.has(path)) }))
    .filter(({ paths }) => paths.length > 0);
  return [
    'Observations that have failed on a mutant (npx kconform prove):',
    ...all.flatMap(({ case: name, paths }) =>
      paths.flatMap((path) => {
        const ids = seen.get(name)?.get(path);
        return ids === undefined ? [] : [`  ${name}: ${path}: ${ids.join(', ')}`];
      }),
    ),
    `Observations that have never failed (${sum(never)} of ${sum(all)}):`,
    ...never.map(lookLine),
  ];
}

/** The same as data: by case and path, the ids of mutants. */
export function failedBeforeDocument(seen: FailedBefore): object {
  return Object.fromEntries([...seen].map(([name, paths]) => [name, Object.fromEntries(paths)]));
}

/** The same as data. */
export function coverageDocument({ commits, behaviours, loose }: Coverage): object {
  return {
    commits,
    behaviours: behaviours.map(({ behaviour, looks }) => ({ ...behaviour, looks })),
    unseen: behaviours.filter(({ looks }) => looks.length === 0).map(({ behaviour }) => behaviour.id),
    loose,
  };
}

function total(looks: readonly CaseObservations[]): string {
  return `${count(sum(looks), 'observation')} of ${count(looks.length, 'case')}`;
}

function sum(looks: readonly CaseObservations[]): number {
  return looks.reduce((all, { paths }) => all + paths.length, 0);
}

function lookLine({ case: name, paths }: CaseObservations): string {
  return `  ${name} (${paths.length}): ${gathered(paths).join(', ')}`;
}

/** Paths below one observation in one word: `root.{uid,gid}`. */
function gathered(paths: readonly string[]): string[] {
  const below = new Map<string, string[]>();
  for (const path of paths) {
    const [, name = path, rest = ''] = /^([^.[\]]+)\.(.*)$/.exec(path) ?? [];
    below.set(name, [...(below.get(name) ?? []), rest]);
  }
  return [...below].map(([name, rests]) => {
    if (rests.length === 1) return rests[0] === '' ? name : `${name}.${rests[0]}`;
    return `${name}.{${rests.join(',')}}`;
  });
}
