import type { SourceEdit } from '../kernels/build/edits.ts';

/** A kernel with one fix reverted or one behaviour broken by edits of its source. */
export type Mutant = DeclaredMutant | RuleMutant;

/** One that somebody wrote, with the observations that must fail on it. */
export interface DeclaredMutant extends MutantDeclaration {
  readonly kind: 'declared';
  readonly breaks: readonly string[];
}

/** One that a rule made of a line of C: any observation that fails kills it. */
export interface RuleMutant {
  readonly kind: 'by-rule';
  /** File, line and change: `kernel/bpf/inode.c:12: return 0; → return 1;` */
  readonly id: string;
  readonly edits: readonly SourceEdit[];
  /** Why no case can distinguish it from the unedited kernel, where that is known. */
  readonly equivalent?: string;
}

/** The declaration of one mutant. */
export interface MutantDeclaration {
  /** Group and name: `mount/uid-dropped`. */
  readonly id: string;
  /** The commit whose effect the edits undo, 12 digits. */
  readonly undoes?: string;
  /** Ids of the behaviours (behaviours/inventory.ts of the cases) that are missing on the mutant. */
  readonly breaks?: readonly string[];
  /** The changes of the source: see editsOf. */
  readonly edits: readonly SourceEdit[];
  /**
   * By case, paths of observations: each, or one below it, must fail. '' means that the oracles of the case must report a
   * failure.
   */
  readonly mustFail: Readonly<Record<string, readonly string[]>>;
}

/** A mutant made by rule that no case can distinguish from the unedited kernel, and why. */
export interface EquivalentMutant {
  /** The source file, from the root of the kernel's source. */
  readonly file: string;
  /** The function that is changed. */
  readonly function: string;
  /**
   * The line before and after, as `prove --mutate` prints it: `return false; → return true;`. Default: any change in the
   * function.
   */
  readonly change?: string;
  /** The line above, if the function has the changed line more than once. */
  readonly below?: string;
  /** Why no case can distinguish it from the unedited kernel. */
  readonly why: string;
}

/** Whether the path of an observation is equal to the declared path or below it. */
export function covers(declared: string, path: string): boolean {
  return path === declared || path.startsWith(`${declared}.`) || path.startsWith(`${declared}[`);
}
