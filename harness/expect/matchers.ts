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

/** Stands where a value of type T is expected. Plain data: it survives JSON and is printed with `describe`. */
export type Matcher<T> = MatcherData & { readonly [accepts]?: T };

/** True for what one of the functions below returned, also after a way through JSON. */
export function isMatcher(value: unknown): value is Matcher<unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '$matcher');
}

/** Any one of the values (or of the matchers); `anyOf(null, 'EBUSY')`. One that takes anything, or nothing, is a fault of the case. */
export function anyOf<const T>(...values: readonly (T | Matcher<T>)[]): Matcher<T> {
  return { $matcher: 'anyOf', $with: values };
}

/** Observed, and anything but this value (or what this matcher takes). */
export function not<const T>(value: T | Matcher<T>): Matcher<T> {
  return { $matcher: 'not', $with: value };
}

/** Not observed at all: the scenario left the name out. null is a value, and observed. */
export function absent(): Matcher<undefined> {
  return { $matcher: 'absent' };
}

/**
 * Text that the regular expression finds something in. Each of its alternatives begins with `^` or ends with `$`, else it is a
 * fault of the case; `containing` is for a part.
 */
export function matching(pattern: RegExp): Matcher<string> {
  return { $matcher: 'matching', $with: { source: pattern.source, flags: pattern.flags } };
}

/** Text with this text somewhere in it, upper and lower case as they are. */
export function containing(text: string): Matcher<string> {
  return { $matcher: 'containing', $with: text };
}

/** A list with each of these among its elements, in any order; the same one twice wants two elements. */
export function including<const T>(...elements: readonly (T | Matcher<T>)[]): Matcher<readonly T[]> {
  return { $matcher: 'including', $with: elements };
}

/** A number that is this one or larger; in the unit of what is observed. */
export function atLeast(bound: number): Matcher<number> {
  return { $matcher: 'atLeast', $with: bound };
}

/** A number that is this one or smaller; in the unit of what is observed. */
export function atMost(bound: number): Matcher<number> {
  return { $matcher: 'atMost', $with: bound };
}

/** A number in a range that both bounds belong to; in the unit of what is observed. */
export function between(low: number, high: number): Matcher<number> {
  return { $matcher: 'between', $with: [low, high] };
}

/**
 * A value that changed with a version. Each key is the first version with its value: `6.12` (a release of the mainline) or
 * `6.12.54` (a stable release, which says nothing of other branches). A kernel takes the newest key of its own branch, else
 * the newest mainline key before it. One older than all keys is an ERROR of the case (KC_EXPECTATION_SILENT).
 */
export function byVersion<const T>(since: Readonly<Record<string, T | Matcher<T>>>): Matcher<T> {
  return { $matcher: 'byVersion', $with: since };
}

/**
 * One value where the option (with or without CONFIG_) is built in, another where it is a module or not set. A case that depends
 * on it is SKIP on a kernel that does not tell its config.
 */
export function byConfig<const T>(option: string, set: T | Matcher<T>, unset: T | Matcher<T>): Matcher<T> {
  return { $matcher: 'byConfig', $with: { option, set, unset } };
}
