import { KconformError } from '../../errors/error.ts';
import type { Behaviour } from '../../expect/behaviours.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { touching } from '../../series/touching.ts';
import { isRace } from '../races.ts';

/** A case that concerns a file of a patch. */
export interface ChosenCase {
  readonly testCase: Case;
  /** `it observes behaviours of kernel/bpf/inode.c` */
  readonly why: string;
}

/**
 * The cases that concern the files of a patch: those that observe behaviours which the inventory places there, and those with a declared
 * bug whose fix is titled with the subsystem of a file (`mm/vma: …` for mm/vma.c).
 */
export function casesTouching(
  cases: readonly Case[],
  behaviours: readonly Behaviour[],
  files: readonly string[],
): ChosenCase[] {
  const places = new Map(behaviours.map(({ id, where }) => [id, where]));
  return cases.flatMap((testCase): ChosenCase[] => {
    if (testCase.loaded instanceof Error) return [];
    const { behaviours: own = {}, knownBugs = [] } = testCase.loaded.expectation;
    const named = new Set(Object.keys(own).flatMap((id) => places.get(id) ?? []));
    const observed = files.find((file) => named.has(file));
    if (observed !== undefined) return [{ testCase, why: `observes behaviours of ${observed}` }];
    const fixes = knownBugs.flatMap(({ fix }) => (fix === null ? [] : [fix]));
    const file = files.find((one) => touching(fixes, [one], []).length > 0);
    const why = `has a known bug whose fix is titled with the subsystem of ${file}`;
    return file === undefined ? [] : [{ testCase, why }];
  });
}

/**
 * Leaves out races, which run only if they are named.
 * @throws KC_NO_CASE_TOUCHES where there are only races
 */
export function withoutRaces(chosen: readonly ChosenCase[], say: (line: string) => void): ChosenCase[] {
  const left = chosen.filter(({ testCase }) => !isRace(testCase));
  const races = chosen.filter((one) => !left.includes(one)).map(({ testCase }) => testCase.name);
  if (races.length === 0) return left;
  const names = races.join(', ');
  const hint = `run one with --case ${races[0]}`;
  if (left.length > 0) say(`races that concern the files of the patch are left out: ${names}; ${hint}`);
  else
    throw new KconformError(`undetermined: only races concern the files of the patch: ${names}`, {
      code: 'KC_NO_CASE_TOUCHES',
      blame: 'host',
      hint,
    });
  return left;
}

/** The chosen cases by reason, a line each: `54 cases, each observes behaviours of kernel/bpf/inode.c: bpffs/a, …`. */
export function printChosen(chosen: readonly ChosenCase[]): string {
  const groups = new Map<string, string[]>();
  for (const { testCase, why } of chosen) groups.set(why, [...(groups.get(why) ?? []), testCase.name]);
  const lines = [...groups].map(([why, names]) => {
    const subject = names.length === 1 ? '1 case' : `${names.length} cases, each`;
    return `${subject} ${why}: ${names.join(', ')}`;
  });
  return lines.map((line) => `${line}\n`).join('');
}
