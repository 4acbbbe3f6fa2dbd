import type { ExpectedData } from '../expectation.ts';
import { print } from '../matchers/print.ts';
import { type KernelFacts, resolve } from '../resolve.ts';
import { diff, isWithin, valueAt } from './diff.ts';
import { isPlain } from './leaves.ts';

/** Path of an observation → what a known bug or a promise would show there. */
export type Declared = Readonly<Record<string, ExpectedData>>;

/** The declared path that the leaf is at or below; undefined where nothing is declared of it. */
export function pathOver(declared: Declared, leaf: string): string | undefined {
  return Object.keys(declared).find((path) => isWithin(leaf, path));
}

/** True when the leaf was observed as it is declared. */
export function looksLike(declared: Declared, leaf: string, observations: unknown, kernel: KernelFacts): boolean {
  const path = pathOver(declared, leaf);
  if (path === undefined) return false;
  const instead = resolve(declared[path], kernel);
  const differences = diff(instead, valueAt(observations, path), path);
  const same = differences.filter((difference) => isWithin(difference.path, leaf) || isWithin(leaf, difference.path));
  if (same.length === 0) return valueAt(observations, leaf) === undefined;
  return same.every((difference) => difference.ok);
}

/** What is declared of the leaf, as results have it; undefined where nothing is, and where it is no plain value. */
export function declaredText(declared: Declared, leaf: string): string | undefined {
  const path = pathOver(declared, leaf);
  const value = path === undefined ? undefined : valueAt(declared[path], leaf.slice(path.length));
  return value === undefined || !isPlain(value) ? undefined : print(value, leaf);
}
