import { isMatcher } from '../matchers/matchers.ts';
import { isRecord, matches, own } from '../matchers/matches.ts';
import { print } from '../matchers/print.ts';

/** One leaf of the expectation against what was observed there. */
export interface Difference {
  /** `root.uid`, `records[2].errno` */
  readonly path: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly observed: string;
}

/**
 * Expected (its fences resolved) against observed, one entry a leaf in the order of the expectation. What was not observed and
 * what was not expected are differences.
 */
export function diff(expected: unknown, observed: unknown, path = ''): Difference[] {
  if (!isMatcher(expected)) {
    if (Array.isArray(expected) && Array.isArray(observed) && expected.length + observed.length > 0) {
      const length = Math.max(expected.length, observed.length);
      return Array.from({ length }, (_, index) => diff(expected[index], observed[index], `${path}[${index}]`)).flat();
    }
    if (isRecord(expected) && isRecord(observed)) {
      const names = [...new Set([...Object.keys(expected), ...Object.keys(observed)])];
      const members = names.flatMap((name) => diffMember(own(expected, name), own(observed, name), join(path, name)));
      if (names.length > 0) return members;
    }
  }
  return [{ path, ok: matches(expected, observed), expected: print(expected, path), observed: print(observed, path) }];
}

function diffMember(expected: unknown, observed: unknown, path: string): Difference[] {
  return expected === undefined && observed === undefined ? [] : diff(expected, observed, path);
}

/** The path of a member; names that hold a separator are quoted. */
export function join(path: string, name: string): string {
  if (name === '' || /[.[\]]/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** The value at a path as `diff` writes it; undefined where there is none. */
export function valueAt(tree: unknown, path: string): unknown {
  let value = tree;
  for (const step of steps(path)) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRecord(value)) value = own(value, step);
    else return undefined;
  }
  return value;
}

/** True if the path is equal to the other one or below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || (path.startsWith(ancestor) && /^[.[]/.test(path.slice(ancestor.length)));
}

/** The names and indices that a path leads through. */
export function steps(path: string): string[] {
  return stepsOf(path).map(({ name }) => name);
}

/** The path as `diff` writes it: with quotes only around names that hold a separator. */
export function plainPath(path: string): string {
  return stepsOf(path).reduce((above, { name, isIndex }) => (isIndex ? `${above}[${name}]` : join(above, name)), '');
}

function stepsOf(path: string): { readonly name: string; readonly isIndex: boolean }[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, name]) => ({
    name: quoted === undefined ? (index ?? name ?? '') : String(JSON.parse(quoted)),
    isIndex: index !== undefined,
  }));
}
