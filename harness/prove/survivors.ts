import type { BrokenKernel } from './broken-kernel.ts';
import { functionOf } from './functions.ts';

/** A mutant that no case can tell from the unedited kernel, and why. */
export interface Survivor {
  readonly file: string;
  readonly function: string;
  /** The line as it is and as it becomes, as `prove --mutate` prints them: `return false; → return true;`; any in the function without. */
  readonly change?: string;
  /** The line above, where the function has that line more than once. */
  readonly below?: string;
  readonly why: string;
}

/** The mutants of a file, those among them that are known to survive with the reason. */
export function explain(mutants: readonly BrokenKernel[], text: string, known: readonly Survivor[]): BrokenKernel[] {
  const lines = text.split('\n');
  return mutants.map((mutant) => {
    const [edit] = mutant.edits;
    const [, number, change] = /^[^:]+:(\d+): (.+)$/s.exec(mutant.id) ?? [];
    if (edit === undefined || number === undefined) return mutant;
    const survivor = known.find(
      (one) =>
        one.file === edit.file &&
        (one.change === undefined || one.change === change) &&
        one.function === functionOf(text, edit.find) &&
        (one.below === undefined || one.below === lines[Number(number) - 2]?.trim()),
    );
    return survivor === undefined ? mutant : { ...mutant, survives: survivor.why };
  });
}
