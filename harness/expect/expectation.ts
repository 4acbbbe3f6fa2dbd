import type { Matcher } from './matchers/matchers.ts';
import type { Observed } from './outcome.ts';

/** What a correct kernel shows, typed by what the scenario observes: each leaf the literal value, or a matcher for it. */
export type Expected<T> = [Observed] extends [T] ? ExpectedData : Matcher<T> | Plain<T>;

/** What may be expected where the type of the observation says nothing. */
export type ExpectedData =
  | null
  | boolean
  | number
  | string
  | Matcher<unknown>
  | readonly ExpectedData[]
  | { readonly [name: string]: ExpectedData };

type Plain<T> = T extends object ? { readonly [K in keyof T]: Expected<T[K]> } : T;

/** Anything with a scenario's `run`: what it resolves to is what is observed. */
export interface AnyScenario {
  /** Resolves to the observations by their names. */
  run(...args: never[]): Promise<object>;
}

/** For scenarios in shell and C, whose observations have no type. */
export interface UntypedScenario {
  /** Resolves to the observations by their names. */
  run(): Promise<{ readonly [name: string]: Observed }>;
}

type ObservationsOf<S> = S extends { run(...args: never[]): Promise<infer O> } ? O : never;

/** Facts that a kernel must have for the case to say anything; a missing one is SKIP with the reason. */
export interface Needs {
  /** Options that must be built in, without CONFIG_. */
  readonly config?: readonly string[];
  /** Options that must not be built in; a kernel that does not tell its config passes for one without. */
  readonly withoutConfig?: readonly string[];
  /** Paths that must exist in the guest. */
  readonly files?: readonly string[];
  /** Features that the harness probes in the guest, and oracles (`kmemleak`) that must have been able to look. */
  readonly features?: readonly string[];
}

/** A splat by its kind (`WARNING`), its title, a function of its fingerprint, or several of them; a text must be found in the title. */
export interface SplatMatcher {
  /** `BUG`, `WARNING`, `Oops`, `panic`, `KASAN`, …: the whole of it. */
  readonly kind?: string;
  /** A text that stands in the title, or a matcher for the whole of it. */
  readonly title?: string | Matcher<string>;
  /** A function that must be among the first frames of its stack. */
  readonly frame?: string;
}

/** A bug that kernels have: what `instead` declares is XFAIL on a kernel with it, and FAIL on one with its fix. */
export interface KnownBug {
  /** What the bug does, in a line. */
  readonly title: string;
  /** The upstream commit that fixes it; null while there is none. */
  readonly fix: string | null;
  /**
   * The first version with the bug, one a branch, where a change brought it; left out, every kernel without the fix has it. Of
   * branches that are not named and do not descend from such a version in mainline nothing is known.
   */
  readonly introducedIn?: readonly string[];
  /**
   * The first version with the fix, one a branch: `['6.12.54', '6.17.4', '6.18']`; empty while it is fixed nowhere. Of branches
   * that are not named and do not descend from the fix in mainline nothing is known.
   */
  readonly fixedIn: readonly string[];
  /** Where it was reported or discussed: a URL. */
  readonly link?: string;
  /** Path of an observation (`root.uid`, `calls[0].errno`) → the value or matcher seen there while the bug is in. */
  readonly instead: Readonly<Record<string, ExpectedData>>;
  /** Splats that come with the bug. One that kills or blocks the scenario (an oops, a panic) explains that it has no end. */
  readonly splats?: readonly SplatMatcher[];
  /** Leaks that come with the bug: a text in the report, or a matcher for the whole of it. */
  readonly leaks?: readonly (string | Matcher<string>)[];
}

/** What the kernel does although its documentation promises otherwise; `outcome` holds what it does. */
export interface Quirk {
  /** What the kernel does, in a line. */
  readonly title: string;
  /** What the documentation promises, in a line that goes on after "the kernel now keeps the promise: ". */
  readonly documented: string;
  /** Where the promise is made. */
  readonly link: string;
  /**
   * Path of an observation → the value or matcher that the promise would give there. Where a fence of `outcome` expects that
   * very value of a kernel, the quirk says nothing of the kernel.
   */
  readonly promised: Readonly<Record<string, ExpectedData>>;
}

/**
 * Id of a behaviour of the subject (`mount/owner`) → the observations that look at it: paths, which stand for all that lies
 * below them, or `all` of the case's.
 */
export type BehavioursOf<Path extends string> = Readonly<Record<string, 'all' | readonly Path[]>>;

interface ExpectationFields {
  /** What the kernel is held to, in a line. */
  readonly about: string;
  /** The upstream commit, or commits, that made or fixed the behaviour, where one is known. */
  readonly commit?: string | readonly string[];
  /** Where the right behaviour is laid down: a manual page, a thread, a file of the kernel's documentation. */
  readonly source?: string;
  /** What a kernel must have; SKIP with the reason where it has not. */
  readonly needs?: Needs;
  /** The first versions that the case speaks of, one a branch; SKIP elsewhere. Only where nothing can be probed. */
  readonly versions?: readonly string[];
  /** Splats that a correct kernel prints here. */
  readonly splats?: readonly SplatMatcher[];
  /** Bugs that explain what kernels show instead. */
  readonly knownBugs?: readonly KnownBug[];
  /** Promises that the kernel does not keep. */
  readonly quirks?: readonly Quirk[];
  /** How long the scenario may take, in milliseconds, on KVM; the runner scales it for software emulation. */
  readonly limitMs?: number;
}

/** A path that begins with the name of an observation; what lies below the name is checked when the case is read. */
type PathIn<Name> = Name extends string ? Name | `${Name}.${string}` | `${Name}[${string}` | `["${string}` : never;

/** What an author writes in expect.ts. */
export interface ExpectationOf<S> extends ExpectationFields {
  /** The behaviours that the case looks at, and with which observations. */
  readonly behaviours?: BehavioursOf<PathIn<keyof ObservationsOf<S>>>;
  /** For each observation of the scenario what a correct kernel shows: the value, or a matcher for it. */
  readonly outcome: { readonly [K in keyof ObservationsOf<S>]: Expected<ObservationsOf<S>[K]> };
}

/** An expectation as the harness reads it: plain data whose types the author's compiler has checked. */
export interface Expectation extends ExpectationFields {
  /** Marks the export of a file as an expectation. */
  readonly kind: 'expectation';
  /** See ExpectationOf. */
  readonly behaviours?: BehavioursOf<string>;
  /** See ExpectationOf. */
  readonly outcome: object;
}

/** What a correct kernel shows for a scenario: `export default expectation<typeof scenario>({ … })`. */
export function expectation<S extends AnyScenario = UntypedScenario>(fields: ExpectationOf<S>): Expectation {
  return { kind: 'expectation', ...fields };
}
