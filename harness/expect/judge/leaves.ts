import { isMatcher } from '../matchers/matchers.ts';
import { isRecord } from '../matchers/matches.ts';
import { print } from '../matchers/print.ts';
import { join } from './diff.ts';

/** What is expected at one path, before anything is observed. */
export interface ExpectedLeaf {
  readonly path: string;
  /** As an author would write it; where fences differ, each value with the kernels it is expected of. */
  readonly expected: string;
}

/** The leaves of what is expected, their paths as `diff` writes them; what a fence expects of any kernel counts. */
export function leavesOf(expected: unknown): ExpectedLeaf[] {
  const texts = new Map<string, string[]>();
  for (const { path, expected: text } of walk(expected, '', '')) texts.set(path, [...(texts.get(path) ?? []), text]);
  return [...texts].map(([path, all]) => ({ path, expected: all.join(', ') }));
}

/** The paths of those leaves. */
export function leafPaths(expected: unknown): string[] {
  return leavesOf(expected).map(({ path }) => path);
}

/** @param where ` since 6.12`, the fences that lead to the value */
function walk(expected: unknown, path: string, where: string): ExpectedLeaf[] {
  if (isMatcher(expected)) {
    if (expected.$matcher === 'byVersion') {
      const since = Object.entries(expected.$with);
      return since.flatMap(([version, value]) => walk(value, path, `${where} since ${version}`));
    }
    if (expected.$matcher === 'byConfig') {
      const { option, set, unset } = expected.$with;
      return [
        ...walk(set, path, `${where} with CONFIG_${option}`),
        ...walk(unset, path, `${where} without CONFIG_${option}`),
      ];
    }
    return [{ path, expected: `${print(expected, path)}${where}` }];
  }
  if (Array.isArray(expected) && expected.length > 0) {
    return expected.flatMap((element, index) => walk(element, `${path}[${index}]`, where));
  }
  if (isRecord(expected) && Object.keys(expected).length > 0) {
    return Object.entries(expected).flatMap(([name, value]) => walk(value, join(path, name), where));
  }
  return [{ path, expected: `${print(expected, path)}${where}` }];
}

/** True when no matcher, and so no fence, stands anywhere in what is expected. */
export function isPlain(expected: unknown): boolean {
  if (isMatcher(expected)) return false;
  return typeof expected !== 'object' || expected === null || Object.values(expected).every(isPlain);
}
