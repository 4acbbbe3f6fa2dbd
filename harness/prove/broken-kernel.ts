import type { Edit } from '../kernels/build/edits.ts';

/** A kernel that is known to be wrong, and what the suite must say of it. */
export interface BrokenKernel {
  /** Group and name: `mount/uid-dropped`. */
  readonly id: string;
  /** The commit whose effect the edits undo, 12 digits. */
  readonly undoes?: string;
  /** Behaviours (cases/behaviours) that it lacks. */
  readonly breaks: readonly string[];
  readonly edits: readonly Edit[];
  /** Why no case can tell it from the unedited kernel, where that is known. */
  readonly survives?: string;
  /** By case, paths of observations: each must fail here, or one below it must; '' is the case failing by its oracles. */
  readonly mustFail: Readonly<Record<string, readonly string[]>>;
}

/** Makes edits of one file: `editsOf('kernel/bpf/inode.c')('find', 'replace')`. */
export function editsOf(file: string): (find: string, replace: string) => Edit {
  return (find, replace) => ({ file, find, replace });
}

/** Whether an observation's path is the declared one, or lies below it. */
export function covers(declared: string, path: string): boolean {
  return path === declared || path.startsWith(`${declared}.`) || path.startsWith(`${declared}[`);
}
