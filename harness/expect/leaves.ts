import { join } from './diff.ts';
import { isMatcher } from './matchers.ts';
import { isRecord } from './matches.ts';

/** The paths of the leaves of what is expected, as `diff` writes them; what a fence expects of any kernel counts. */
export function leafPaths(expected: unknown, path = ''): string[] {
  return [...new Set(walk(expected, path))];
}

function walk(expected: unknown, path: string): string[] {
  if (isMatcher(expected)) {
    if (expected.$matcher === 'byVersion')
      return Object.values(expected.$with).flatMap((value) => leafPaths(value, path));
    if (expected.$matcher === 'byConfig')
      return [expected.$with.set, expected.$with.unset].flatMap((value) => leafPaths(value, path));
    return [path];
  }
  if (Array.isArray(expected) && expected.length > 0) {
    return expected.flatMap((element, index) => leafPaths(element, `${path}[${index}]`));
  }
  if (isRecord(expected) && Object.keys(expected).length > 0) {
    return Object.entries(expected).flatMap(([name, value]) => leafPaths(value, join(path, name)));
  }
  return [path];
}

/** True when no matcher, and so no fence, stands anywhere in what is expected. */
export function isPlain(expected: unknown): boolean {
  if (isMatcher(expected)) return false;
  return typeof expected !== 'object' || expected === null || Object.values(expected).every(isPlain);
}
