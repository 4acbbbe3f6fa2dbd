import type { Matcher } from './matchers.ts';
import { isMatcher } from './matchers.ts';

/** True when the observed value is what is expected, as a whole. Fences must have been resolved: an open one matches nothing. */
export function matches(expected: unknown, observed: unknown): boolean {
  if (isMatcher(expected)) return matcherMatches(expected, observed);
  if (observed === undefined) return false;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(observed) &&
      observed.length === expected.length &&
      expected.every((element, index) => matches(element, observed[index]))
    );
  }
  if (isRecord(expected)) {
    if (!isRecord(observed)) return false;
    const names = new Set([...Object.keys(expected), ...Object.keys(observed)]);
    return [...names].every((name) => matchesMember(own(expected, name), own(observed, name)));
  }
  return expected !== undefined && (expected === observed || (Number.isNaN(expected) && Number.isNaN(observed)));
}

/** True for an object that is neither null, a list nor a matcher. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMatcher(value);
}

/** The object's own member: an observation may be named `constructor`. */
export function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function matchesMember(expected: unknown, observed: unknown): boolean {
  if (expected === undefined && observed === undefined) return true;
  return matches(expected, observed);
}

function matcherMatches(matcher: Matcher<unknown>, observed: unknown): boolean {
  switch (matcher.$matcher) {
    case 'anyOf':
      return matcher.$with.some((value) => matches(value, observed));
    case 'not':
      return observed !== undefined && !matches(matcher.$with, observed);
    case 'absent':
      return observed === undefined;
    case 'matching':
      return typeof observed === 'string' && new RegExp(matcher.$with.source, matcher.$with.flags).test(observed);
    case 'containing':
      return typeof observed === 'string' && observed.includes(matcher.$with);
    case 'including':
      return Array.isArray(observed) && eachFindsItsOwn(matcher.$with, observed);
    case 'atLeast':
      return typeof observed === 'number' && observed >= matcher.$with;
    case 'atMost':
      return typeof observed === 'number' && observed <= matcher.$with;
    case 'between':
      return typeof observed === 'number' && observed >= matcher.$with[0] && observed <= matcher.$with[1];
    case 'byVersion':
    case 'byConfig':
      return false;
  }
}

/** True when every wanted value can have an element to itself: the same one twice is wanted twice. */
function eachFindsItsOwn(wanted: readonly unknown[], elements: readonly unknown[]): boolean {
  const takenBy = new Map<number, unknown>();
  const place = (value: unknown, tried: Set<number>): boolean =>
    elements.some((element, index) => {
      if (tried.has(index) || !matches(value, element)) return false;
      tried.add(index);
      if (takenBy.has(index) && !place(takenBy.get(index), tried)) return false;
      takenBy.set(index, value);
      return true;
    });
  return wanted.every((value) => place(value, new Set()));
}
