import { join } from '../judge/diff.ts';
import { isMatcher, type Matcher } from '../matchers/matchers.ts';

/**
 * Whatever in an expectation is no data: a value that no observation can equal, or that compares as something else. Each a
 * sentence that begins with the path. A Date, a Map or a promise has no members of its own and would equal an observed `{}`.
 */
export function dataFaults(value: unknown): string[] {
  return faultsIn(value, '', []);
}

function faultsIn(value: unknown, path: string, above: readonly object[]): string[] {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return [];
  if (typeof value === 'number') {
    return Number.isFinite(value) ? [] : [`${path} is ${value}: expect a finite number`];
  }
  if (typeof value === 'object') {
    if (above.includes(value)) return [`${path} contains itself`];
    const inside = [...above, value];
    if (isMatcher(value)) return matcherFaultsIn(value, path, inside);
    if (Array.isArray(value)) {
      // Array.from: a hole is undefined.
      return Array.from(value, (element: unknown, index) => elementFaults(element, `${path}[${index}]`, inside)).flat();
    }
    if (isPlainObject(value)) return memberFaults(value, path, inside);
  }
  return [`${path === '' ? 'it' : path} is ${described(value)}`];
}

function memberFaults(value: object, path: string, inside: readonly object[]): string[] {
  const symbols = Object.getOwnPropertySymbols(value).map((symbol) => `${path} has a member named ${String(symbol)}`);
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : faultsIn(member, join(path, name), inside),
  );
  return [...symbols, ...members];
}

/** A member may be undefined, which is the same as left out; an element or the part of a matcher may not. */
function elementFaults(value: unknown, path: string, inside: readonly object[]): string[] {
  return value === undefined
    ? [`${path} is undefined: write null, or absent() for what is not observed`]
    : faultsIn(value, path, inside);
}

function matcherFaultsIn(matcher: Matcher<unknown>, path: string, inside: readonly object[]): string[] {
  const name: string = matcher.$matcher;
  const where = (part: string | number) => `${path} ${name}(…)[${part}]`;
  switch (matcher.$matcher) {
    case 'anyOf':
    case 'including':
      if (!Array.isArray(matcher.$with)) return [`${path} ${name}(…) takes values`];
      return Array.from(matcher.$with, (value: unknown, index) => elementFaults(value, where(index), inside)).flat();
    case 'not':
      return elementFaults(matcher.$with, `${path} not(…)`, inside);
    case 'absent':
      return [];
    case 'matching':
      return patternFaults({ ...matcher.$with }, path);
    case 'containing':
      return typeof matcher.$with === 'string'
        ? []
        : [`${path} containing(…) takes a text, not ${described(matcher.$with)}`];
    case 'atLeast':
    case 'atMost':
      return boundFaults(matcher.$with, `${path} ${name}(…)`);
    case 'between':
      if (!Array.isArray(matcher.$with)) return [`${path} between(…) takes two numbers`];
      return matcher.$with.flatMap((bound) => boundFaults(bound, `${path} between(…)`));
    case 'byVersion':
      if (typeof matcher.$with !== 'object' || matcher.$with === null) return [`${path} byVersion(…) takes an object`];
      if (Object.keys(matcher.$with).length === 0) return [`${path} byVersion(…) names no version`];
      return Object.entries(matcher.$with).flatMap(([version, value]) => elementFaults(value, where(version), inside));
    case 'byConfig': {
      const { option, set, unset } = { ...matcher.$with };
      const named = typeof option === 'string' && option !== '' ? [] : [`${path} byConfig(…) names no option`];
      return [...named, ...elementFaults(set, where('set'), inside), ...elementFaults(unset, where('unset'), inside)];
    }
  }
  return [`${path} is a matcher of the unknown kind ${name}`];
}

function boundFaults(bound: unknown, what: string): string[] {
  return typeof bound === 'number' && Number.isFinite(bound)
    ? []
    : [`${what} takes a finite number, not ${described(bound)}`];
}

function patternFaults(
  { source, flags }: { readonly source?: unknown; readonly flags?: unknown },
  path: string,
): string[] {
  if (typeof source !== 'string' || typeof flags !== 'string')
    return [`${path} matching(…) takes a regular expression`];
  try {
    new RegExp(source, flags);
    return [];
  } catch (error) {
    return [`${path} matching(…) has a broken pattern: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function described(value: unknown): string {
  if (typeof value === 'function') return `the function ${value.name || '(without a name)'}, which is not called`;
  if (typeof value === 'bigint') return `the bigint ${value}n: write ${value}`;
  if (value instanceof RegExp) return `a RegExp: write matching(${value})`;
  if (value instanceof Promise) return 'a promise: await it, or expect its value';
  if (typeof value === 'object' && value !== null)
    return `an object of the class ${value.constructor?.name ?? 'unknown'}`;
  return typeof value === 'symbol' ? 'a symbol' : String(value);
}
