import { KconformError } from '../errors/error.ts';
import type { Behaviour } from '../expect/behaviours.ts';
import { leafPaths } from '../expect/judge/leaves.ts';
import type { Case } from '../run/discovery/cases.ts';
import { covers, type DeclaredMutant } from './mutant.ts';

/** A mistake in the declaration of a mutant. */
export interface DeclarationFault {
  readonly id: string;
  readonly what: string;
}

/** What is wrong with declarations: they must name cases, observations and behaviours that exist, and differ from each other. */
export function declarationFaults(
  mutants: readonly DeclaredMutant[],
  cases: readonly Case[],
  behaviours: readonly Behaviour[],
): DeclarationFault[] {
  const ids = mutants.map(({ id }) => id);
  const twice = ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => ({ id, what: 'another mutant has the same id' }));
  const sameEdits = mutants.flatMap(({ id, edits }, index) => {
    const first = mutants.find((one) => JSON.stringify(one.edits) === JSON.stringify(edits));
    const isOther = first !== undefined && mutants.indexOf(first) < index && first.id !== id;
    return isOther ? [{ id, what: `it has the same edits as ${first.id}` }] : [];
  });
  const known = new Set(behaviours.map(({ id }) => id));
  const ofEach = mutants.flatMap((mutant) =>
    faultsOfOne(mutant, cases, known).map((what) => ({ id: mutant.id, what })),
  );
  return [...twice, ...sameEdits, ...ofEach];
}

function faultsOfOne(mutant: DeclaredMutant, cases: readonly Case[], behaviours: ReadonlySet<string>): string[] {
  const declared = Object.entries(mutant.mustFail);
  const paths = declared.flatMap(([name, all]) => all.flatMap((path) => pathFault(name, path, cases)));
  const unknown = mutant.breaks.filter((id) => !behaviours.has(id)).map((id) => `there is no behaviour ${id}`);
  const nothing = declared.every(([, all]) => all.length === 0) ? ['mustFail names no observation'] : [];
  return [...paths, ...unknown, ...nothing, ...(mutant.edits.length === 0 ? ['it has no edits'] : [])];
}

function pathFault(name: string, path: string, cases: readonly Case[]): string[] {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) return [`there is no case ${name}`];
  if (found.loaded instanceof KconformError) return [`${name} cannot be read: ${found.loaded.message}`];
  const leaves = leafPaths(found.loaded.expectation.outcome);
  const exists = path === '' || leaves.some((leaf) => covers(path, leaf));
  return exists ? [] : [`${name} observes nothing at ${path}`];
}
