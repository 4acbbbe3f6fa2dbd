import { hasFix } from '../kernels/version.ts';
import type { KnownBug } from './expectation.ts';
import type { KernelFacts } from './resolve.ts';

/** Where a kernel stands to a bug: it never had it, has it, or should have its fix. */
export type BugState = 'before' | 'present' | 'fixed';

/** Where the kernel stands to the bug, by the entry of its own branch in `introducedIn` and in `fixedIn`. */
export function stateOf(bug: KnownBug, kernel: KernelFacts): BugState {
  if (bug.introducedIn !== undefined && !hasFix(kernel.version, bug.introducedIn)) return 'before';
  return bug.fixedIn.length > 0 && hasFix(kernel.version, bug.fixedIn) ? 'fixed' : 'present';
}

/** How a kernel that should not have the bug looks; goes on after what was observed. */
export function unexpectedBug(bug: KnownBug, kernel: KernelFacts): string {
  if (stateOf(bug, kernel) === 'before') {
    return `as if this kernel had what came only with ${bug.introducedIn?.join(', ')} (${bug.title})`;
  }
  return `as if ${bug.fix ?? 'its fix'} were missing (${bug.title}; fixed in ${bug.fixedIn.join(', ')})`;
}
