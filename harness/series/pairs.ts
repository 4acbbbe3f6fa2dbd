import type { KernelIdentity } from '../run/events.ts';
import type { Judged } from '../run/results/results-file.ts';
import { kernelsOf } from './kernels.ts';

/** A kernel of one run and the one of another run that is set against it. */
export interface Pair {
  readonly before: KernelIdentity;
  readonly after: KernelIdentity;
}

/**
 * The kernels of two runs, side by side: the same package or file; else what the same spec meant then and means now; else, where
 * each run has but one left, those two.
 */
export function pairKernels(before: readonly Judged[], after: readonly Judged[]): Pair[] {
  const left = { before: kernelsOf(before), after: kernelsOf(after) };
  const pairs: Pair[] = [];
  const pair = (alike: (one: KernelIdentity, other: KernelIdentity) => boolean) => {
    for (const own of [...left.after]) {
      const found = left.before.find((other) => alike(other, own));
      if (found === undefined) continue;
      pairs.push({ before: found, after: own });
      left.before = left.before.filter((other) => other !== found);
      left.after = left.after.filter((other) => other !== own);
    }
  };
  pair((one, other) => one.id === other.id);
  pair((one, other) => one.spec === other.spec);
  if (left.before.length === 1 && left.after.length === 1) pair(() => true);
  return pairs;
}
