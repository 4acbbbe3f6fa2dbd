import { type HasChange, hasChange } from '../../kernels/version.ts';
import type { KnownBug } from '../expectation.ts';
import type { KernelFacts } from '../resolve.ts';

/**
 * Where a kernel stands to a bug: it never had it, has it, or should have its fix. Undetermined where that is said of other
 * branches only.
 */
export type BugState = 'before' | 'present' | 'fixed' | 'undetermined';

/** Where the kernel stands to the bug, by `introducedIn` and `fixedIn`; docs/authoring.md has the table. */
export function stateOf(bug: KnownBug, kernel: KernelFacts): BugState {
  const came = cameWith(bug, kernel);
  const fixed = bug.fixedIn.length === 0 ? 'lacks' : hasChange(kernel.version, bug.fixedIn);
  if (came === 'lacks') return 'before';
  if (fixed === 'has') return 'fixed';
  return came === 'has' && fixed === 'lacks' ? 'present' : 'undetermined';
}

/** The bugs that count on these CPUs. A guest with a schedule is always emulated. */
export function bugsOn(
  bugs: readonly KnownBug[],
  { accelerator }: KernelFacts,
  schedule: number | undefined,
): readonly KnownBug[] {
  const isEmulated = accelerator === 'tcg' || schedule !== undefined;
  return bugs.filter(({ emulatedOnly }) => isEmulated || emulatedOnly !== true);
}

/** True where the bug, seen, is no surprise: the kernel has it, or may have it. */
export function mayHave(bug: KnownBug, kernel: KernelFacts): boolean {
  const state = stateOf(bug, kernel);
  return state === 'present' || state === 'undetermined';
}

/** Why a bug that was seen is no surprise, in a line. */
export function expectedBug(bug: KnownBug, kernel: KernelFacts): string {
  if (stateOf(bug, kernel) !== 'undetermined') return bug.title;
  const what = cameWith(bug, kernel) === 'unknown' ? 'regression' : 'fix';
  return `${bug.title}: whether this branch has the ${what} is not known`;
}

function cameWith({ introducedIn }: KnownBug, kernel: KernelFacts): HasChange {
  return introducedIn === undefined ? 'has' : hasChange(kernel.version, introducedIn);
}

/** How a kernel that should not have the bug looks; goes on after what was observed. */
export function unexpectedBug(bug: KnownBug, kernel: KernelFacts): string {
  if (stateOf(bug, kernel) === 'before') {
    return `as if this kernel had what came only with ${bug.introducedIn?.join(', ')} (${bug.title})`;
  }
  return `as if ${bug.fix ?? 'its fix'} were missing (${bug.title}; fixed in ${bug.fixedIn.join(', ')})`;
}
