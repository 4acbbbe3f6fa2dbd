/**
 * Marks what the functions below return. JSON has no symbols, so nothing that comes out of a guest, or out of a file, can be
 * taken for a matcher, whatever its members are called. Of the registry, so that two copies of kconform agree.
 */
export const brand: unique symbol = Symbol.for('kconform.matcher');

declare const accepts: unique symbol;

type MatcherData =
  | { readonly $matcher: 'anyOf'; readonly $with: readonly unknown[] }
  | { readonly $matcher: 'not'; readonly $with: unknown }
  | { readonly $matcher: 'absent' }
  | { readonly $matcher: 'matching'; readonly $with: { readonly source: string; readonly flags: string } }
  | { readonly $matcher: 'containing'; readonly $with: string }
  | { readonly $matcher: 'including'; readonly $with: readonly unknown[] }
  | { readonly $matcher: 'atLeast'; readonly $with: number }
  | { readonly $matcher: 'atMost'; readonly $with: number }
  | { readonly $matcher: 'between'; readonly $with: readonly [number, number] }
  | { readonly $matcher: 'byVersion'; readonly $with: Readonly<Record<string, unknown>> }
  | {
      readonly $matcher: 'byConfig';
      readonly $with: { readonly option: string; readonly set: unknown; readonly unset: unknown };
    };

/** Used in place of an expected value of type T. `describe` prints it; `encodeData` converts it to JSON. */
export type Matcher<T> = MatcherData & { readonly [brand]: true; readonly [accepts]?: T };

/** True for what one of the functions below returned, and for nothing else: an observation may have a member `$matcher`. */
export function isMatcher(value: unknown): value is Matcher<unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, brand);
}

/**
 * Any one of the values (or of the matchers); `anyOf(null, 'EBUSY')`. A matcher that accepts anything, or nothing, is an error of
 * the case.
 */
export function anyOf<const T>(...values: readonly (T | Matcher<T>)[]): Matcher<T> {
  return { [brand]: true, $matcher: 'anyOf', $with: values };
}

/** Observed, and not equal to the value (or not accepted by the matcher). */
export function not<const T>(value: T | Matcher<T>): Matcher<T> {
  return { [brand]: true, $matcher: 'not', $with: value };
}

/** Not observed: the scenario left the name out. null is an observed value. */
export function absent(): Matcher<undefined> {
  return { [brand]: true, $matcher: 'absent' };
}

/**
 * Text that matches the regular expression. Each alternative must begin with `^` or end with `$`; use `containing` for a part of
 * a text.
 */
export function matching(pattern: RegExp): Matcher<string> {
  return { [brand]: true, $matcher: 'matching', $with: { source: pattern.source, flags: pattern.flags } };
}

/** Text that contains this text; case matters. */
export function containing(text: string): Matcher<string> {
  return { [brand]: true, $matcher: 'containing', $with: text };
}

/** A list that contains each of these elements, in any order. An element that is given twice must occur twice. */
export function including<const T>(...elements: readonly (T | Matcher<T>)[]): Matcher<readonly T[]> {
  return { [brand]: true, $matcher: 'including', $with: elements };
}

/** A number that is equal to the bound or larger, in the unit of the observation. */
export function atLeast(bound: number): Matcher<number> {
  return { [brand]: true, $matcher: 'atLeast', $with: bound };
}

/** A number that is equal to the bound or smaller, in the unit of the observation. */
export function atMost(bound: number): Matcher<number> {
  return { [brand]: true, $matcher: 'atMost', $with: bound };
}

/** A number in the range, bounds included, in the unit of the observation. */
export function between(low: number, high: number): Matcher<number> {
  return { [brand]: true, $matcher: 'between', $with: [low, high] };
}

/**
 * A value that depends on the version. Each key is the first version with its value: `6.12` (a mainline release) or `6.12.54` (a
 * stable release, which says nothing about other branches). A kernel uses the newest key of its own branch, else the newest
 * mainline key before it. A kernel older than all keys gives ERROR (KC_NO_EXPECTED_VALUE). If there are stable keys, the value of
 * a later key in a branch that is not named gives XFAIL: it is unknown whether that branch has the change.
 */
export function byVersion<const T>(since: Readonly<Record<string, T | Matcher<T>>>): Matcher<T> {
  return { [brand]: true, $matcher: 'byVersion', $with: since };
}

/**
 * One value if the option (with or without CONFIG_) is built in, another if it is a module or not set. The verdict is SKIP on a
 * kernel whose config is unknown.
 */
export function byConfig<const T>(option: string, set: T | Matcher<T>, unset: T | Matcher<T>): Matcher<T> {
  return { [brand]: true, $matcher: 'byConfig', $with: { option, set, unset } };
}
