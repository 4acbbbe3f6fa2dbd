import type { SourceEdit } from '../kernels/build/edits.ts';
import type { EquivalentMutant, MutantDeclaration } from './mutant.ts';

/** The default export of a file of mutants. */
export interface MutantsFile {
  readonly kind: 'mutants';
  readonly mutants: readonly MutantDeclaration[];
}

/** The default export of a file about mutants made by rule. */
export interface EquivalentMutantsFile {
  readonly kind: 'equivalent mutants';
  readonly mutants: readonly EquivalentMutant[];
}

/** Declares kernels with one behaviour broken each, on which observations must fail. `kconform prove` builds and runs them. */
export function mutants(declarations: readonly MutantDeclaration[]): MutantsFile {
  return { kind: 'mutants', mutants: declarations };
}

/** Declares which mutants of `kconform prove --mutate` no case can distinguish from the unedited kernel, and why. */
export function equivalentMutants(known: readonly EquivalentMutant[]): EquivalentMutantsFile {
  return { kind: 'equivalent mutants', mutants: known };
}

/**
 * Returns a function that makes edits of one file: `editsOf('kernel/bpf/inode.c')('find', 'replace')`. @param file below the root
 * of the source
 */
export function editsOf(file: string): (find: string, replace: string) => SourceEdit {
  return (find, replace) => ({ file, find, replace });
}
