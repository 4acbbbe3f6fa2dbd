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

/** Stands where a value of type T is expected. Printed by `describe`; `encodeData` makes JSON of it. */
export type Matcher<T> = MatcherData & { readonly [brand]: true; readonly [accepts]?: T };

/** True for what one of the functions below returned, and for nothing else: an observation may have a member `$matcher`. */
export function isMatcher(value: unknown): value is Matcher<unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, brand);
}

/** Any one of the values (or of the matchers); `anyOf(null, 'EBUSY')`. One that takes anything, or nothing, is a fault of the case. */
export function anyOf<const T>(...values: readonly (T | Matcher<T>)[]): Matcher<T> {
  return { [brand]: true, $matcher: 'anyOf', $with: values };
}

/** Observed, and anything but this value (or what this matcher takes). */
export function not<const T>(value: T | Matcher<T>): Matcher<T> {
  return { [brand]: true, $matcher: 'not', $with: value };
}

/** Not observed at all: the scenario left the name out. null is a value, and observed. */
export function absent(): Matcher<undefined> {
  return { [brand]: true, $matcher: 'absent' };
}

/**
 * Text that the regular expression finds something in. Each of its alternatives begins with `^` or ends with `$`, else it is a
 * fault of the case; `containing` is for a part.
 */
export function matching(pattern: RegExp): Matcher<string> {
  return { [brand]: true, $matcher: 'matching', $with: { source: pattern.source, flags: pattern.flags } };
}

/** Text with this text somewhere in it, upper and lower case as they are. */
export function containing(text: string): Matcher<string> {
  return { [brand]: true, $matcher: 'containing', $with: text };
}

/** A list with each of these among its elements, in any order; the same one twice wants two elements. */
export function including<const T>(...elements: readonly (T | Matcher<T>)[]): Matcher<readonly T[]> {
  return { [brand]: true, $matcher: 'including', $with: elements };
}

/** A number that is this one or larger; in the unit of what is observed. */
export function atLeast(bound: number): Matcher<number> {
  return { [brand]: true, $matcher: 'atLeast', $with: bound };
}

/** A number that is this one or smaller; in the unit of what is observed. */
export function atMost(bound: number): Matcher<number> {
  return { [brand]: true, $matcher: 'atMost', $with: bound };
}

/** A number in a range that both bounds belong to; in the unit of what is observed. */
export function between(low: number, high: number): Matcher<number> {
  return { [brand]: true, $matcher: 'between', $with: [low, high] };
}

/**
 * A value that changed with a version. Each key is the first version with its value: `6.12` (a release of the mainline) or
 * `6.12.54` (a stable release, which says nothing of other branches). A kernel takes the newest key of its own branch, else
 * the newest mainline key before it. One older than all keys is an ERROR of the case (KC_NO_EXPECTED_VALUE). Where there are
 * stable keys, the value of a later key in a branch that is not named is XFAIL: whether it has the change is not known.
 */
export function byVersion<const T>(since: Readonly<Record<string, T | Matcher<T>>>): Matcher<T> {
  return { [brand]: true, $matcher: 'byVersion', $with: since };
}

/**
 * One value where the option (with or without CONFIG_) is built in, another where it is a module or not set. A case that depends
 * on it is SKIP on a kernel that does not tell its config.
 */
export function byConfig<const T>(option: string, set: T | Matcher<T>, unset: T | Matcher<T>): Matcher<T> {
  return { [brand]: true, $matcher: 'byConfig', $with: { option, set, unset } };
}
