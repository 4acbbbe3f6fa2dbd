import { isMatcher } from '../matchers/matchers.ts';
import { isRecord } from '../matchers/matches.ts';
import { isUndecided, type KernelFacts, resolve } from '../resolve.ts';
import { diff } from './diff.ts';
import type { JudgedLeaf } from './judge-leaf.ts';

/**
 * The leaves, with XFAIL for FAIL where the kernel shows the value of a later key of a `byVersion` fence whose changes were
 * backported: whether the kernel's branch got them is not known. A fence without stable keys speaks of every branch.
 */
export function allowUndecided(
  leaves: readonly JudgedLeaf[],
  outcome: object,
  observations: object,
  kernel: KernelFacts,
): readonly JudgedLeaf[] {
  if (!leaves.some(isPlainFailure)) return leaves;
  const right = new Map<string, string>();
  for (const key of undecidedKeys(outcome, kernel.version)) {
    const differences = diff(resolve(outcome, kernel, key), observations);
    for (const { path, ok } of differences) if (ok && !right.has(path)) right.set(path, key);
  }
  return leaves.map((leaf) => {
    const change = right.get(leaf.observation.path);
    if (change === undefined || !isPlainFailure(leaf)) return leaf;
    return { observation: { ...leaf.observation, verdict: 'XFAIL' }, change };
  });
}

function isPlainFailure({ observation, bug }: JudgedLeaf): boolean {
  return observation.verdict === 'FAIL' && bug === undefined;
}

/** Keys of fences that may hold of the kernel: its branch is not named, and nothing is said of the change there. */
function undecidedKeys(tree: unknown, version: string): readonly string[] {
  if (isMatcher(tree)) {
    if (tree.$matcher === 'byConfig') return undecidedKeys([tree.$with.set, tree.$with.unset], version);
    if (tree.$matcher !== 'byVersion') return [];
    const within = undecidedKeys(Object.values(tree.$with), version);
    return [...within, ...Object.keys(tree.$with).filter((key) => isUndecided(key, tree.$with, version))];
  }
  const parts = Array.isArray(tree) ? tree : isRecord(tree) ? Object.values(tree) : [];
  return [...new Set(parts.flatMap((part) => undecidedKeys(part, version)))];
}
