import { commitsOf, type HeldObservation, heldObservations, type ReadCase } from '../../../expect/coverage.ts';
import type { Expectation, KnownBug } from '../../../expect/expectation.ts';
import { table } from '../text.ts';

/** What each case holds the kernel to, for a person; with `observations`, each of them and what is expected there. */
export function printCases(cases: readonly ReadCase[], observations: boolean): string[] {
  const lines = cases.flatMap(({ name, expectation }) => {
    const held = heldObservations(expectation);
    return [
      `${name}  (${count(held.length, 'observation')})`,
      ...facts(expectation).map((fact) => `  ${fact}`),
      ...(observations ? table(held.map(row)).map((line) => `    ${line}`) : []),
      '',
    ];
  });
  const total = cases.reduce((sum, { expectation }) => sum + heldObservations(expectation).length, 0);
  return [...lines, `${count(cases.length, 'case')}, ${count(total, 'observation')}`];
}

/** The same as data; `kconform cases --json` prints it. */
export function casesDocument(cases: readonly ReadCase[]): object[] {
  return cases.map(({ name, expectation }) => {
    const { about, source, needs, versions, splats, knownBugs = [], quirks = [] } = expectation;
    return {
      name,
      about,
      commits: commitsOf(expectation),
      source,
      needs,
      versions,
      splats,
      knownBugs,
      quirks,
      observations: heldObservations(expectation),
    };
  });
}

function facts(expectation: Expectation): string[] {
  const { about, source, needs = {}, versions, knownBugs = [], quirks = [] } = expectation;
  const config = needs.config?.map((option) => `CONFIG_${option}`) ?? [];
  const needed = [...config, ...(needs.files ?? []), ...(needs.features ?? [])];
  return [
    about,
    ...laidDown(commitsOf(expectation), source),
    ...(versions === undefined ? [] : [`from ${versions.join(', ')} on`]),
    ...(needed.length === 0 ? [] : [`needs ${needed.join(', ')}`]),
    ...knownBugs.map((bug) => `known bug: ${bug.title} (${history(bug)})`),
    ...quirks.map(({ title, documented, link }) => `quirk: ${title}; promised: ${documented} (${link})`),
  ];
}

function laidDown(commits: readonly string[], source: string | undefined): string[] {
  const words = [
    ...(commits.length > 0 ? [`commit ${commits.join(', ')}`] : []),
    ...(source === undefined ? [] : [`laid down in ${source}`]),
  ];
  return words.length > 0 ? [words.join(', ')] : [];
}

function history({ fix, introducedIn, fixedIn }: KnownBug): string {
  const since = introducedIn === undefined ? '' : `came with ${introducedIn.join(', ')}; `;
  if (fixedIn.length === 0) return `${since}fixed nowhere`;
  return `${since}fixed${fix === null ? '' : ` by ${fix}`} in ${fixedIn.join(', ')}`;
}

function row({ path, expected, behaviours, quirk, bugs = [] }: HeldObservation): string[] {
  const marks = [...(quirk === undefined ? [] : ['quirk']), ...bugs.map(() => 'known bug'), ...behaviours];
  return [path, expected, marks.join(', ')];
}

/** `1 case`, `2 cases` */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
