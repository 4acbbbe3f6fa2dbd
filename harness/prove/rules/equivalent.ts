import type { EquivalentMutant, RuleMutant } from '../mutant.ts';
import { functionOf } from './functions.ts';

/** Adds to the mutants of a file the reason why they are equivalent to the unedited kernel, where it is known. */
export function markEquivalent(
  mutants: readonly RuleMutant[],
  text: string,
  known: readonly EquivalentMutant[],
): RuleMutant[] {
  const lines = text.split('\n');
  return mutants.map((mutant) => {
    const [edit] = mutant.edits;
    const [, number, change] = /^[^:]+:(\d+): (.+)$/s.exec(mutant.id) ?? [];
    if (edit === undefined || number === undefined) return mutant;
    const equivalent = known.find(
      (one) =>
        one.file === edit.file &&
        (one.change === undefined || one.change === change) &&
        one.function === functionOf(text, edit.find) &&
        (one.below === undefined || one.below === lines[Number(number) - 2]?.trim()),
    );
    return equivalent === undefined ? mutant : { ...mutant, equivalent: equivalent.why };
  });
}
