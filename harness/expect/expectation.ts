import type { Machine } from '../machine/machine.ts';
import type { Program } from '../scenario/programs/program-request.ts';
import type { Matcher } from './matchers/matchers.ts';
import type { Observed } from './outcome.ts';
import type { Race, ShowingSchedule } from './race.ts';

/** The expected value for an observation of type T: each leaf is the literal value or a matcher. */
export type Expected<T> = [Observed] extends [T] ? ExpectedData : Matcher<T> | Plain<T>;

/** The expected value if the type of the observation is unknown. */
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

/** Requirements of a case. If the kernel lacks one, the verdict is SKIP with the reason. */
export interface Needs {
  /** Options that must be built in, without CONFIG_. */
  readonly config?: readonly string[];
  /** Options that must not be built in. A kernel whose config is unknown counts as one without the option. */
  readonly withoutConfig?: readonly string[];
  /** Paths that must exist in the guest. */
  readonly files?: readonly string[];
  /** Features that the harness probes in the guest (`landlock`: this security module is enabled), and oracles (`kmemleak`) that must be available. */
  readonly features?: readonly string[];
}

/** Matches a splat by its kind (`WARNING`), its title, a function of its stack, or several of them. */
export interface SplatMatcher {
  /** The whole kind: `BUG`, `WARNING`, `Oops`, `panic`, `KASAN`, …. */
  readonly kind?: string;
  /** A text in the title, or a matcher for the whole title. */
  readonly title?: string | Matcher<string>;
  /** A function that must be among the first frames of its stack. */
  readonly frame?: string;
}

/** A bug of some kernels. The values in `instead` give XFAIL on a kernel with the bug, and FAIL on a kernel with its fix. */
export interface KnownBug {
  /** What the bug does, in one line. */
  readonly title: string;
  /**
   * The upstream commit that fixes it, or the title of the fix as a published changelog has it; null if there is none yet.
   */
  readonly fix: string | null;
  /** Its CVE numbers, `CVE-2026-31554`: `kconform audit --cve` finds the bug by them. */
  readonly cve?: readonly string[];
  /**
   * The first version with the bug, one per branch, if a change introduced it. Default: every kernel without the fix has the bug.
   * Nothing is known about branches that are not named and do not descend from such a version in mainline.
   */
  readonly introducedIn?: readonly string[];
  /**
   * The first version with the fix, one per branch: `['6.12.54', '6.17.4', '6.18']`; empty if no version has it. Nothing is known
   * about branches that are not named and do not descend from the fix in mainline.
   */
  readonly fixedIn: readonly string[];
  /** Where it was reported or discussed: a URL. */
  readonly link?: string;
  /** Path of an observation (`root.uid`, `calls[0].errno`) → its value, or a matcher for it, on a kernel with the bug. */
  readonly instead: Readonly<Record<string, ExpectedData>>;
  /**
   * Splats that the bug causes. A splat that kills or blocks the scenario (an oops, a panic) explains why the scenario did not
   * finish.
   */
  readonly splats?: readonly SplatMatcher[];
  /** Leaks that the bug causes: a text in the report, or a matcher for the whole report. */
  readonly leaks?: readonly (string | Matcher<string>)[];
  /**
   * For a program: a kernel with the bug need not show it, and then the verdict is PASS. A subtest shows it by itself; the other values of
   * `instead` count only together, and only with a failed subtest if the bug names any.
   */
  readonly mayBeAbsent?: true;
  /** Counts only where the CPUs are emulated: seen under KVM, it is a FAIL. */
  readonly emulatedOnly?: true;
  /** For a race: a schedule with which the bug shows. On that kernel, the case is run with it first. */
  readonly schedule?: ShowingSchedule;
}

/** A difference between the kernel and its documentation. `outcome` has the value of the kernel. */
export interface Quirk {
  /** What the kernel does, in one line. */
  readonly title: string;
  /** What the documentation promises, in one line that can follow "the kernel now keeps the promise: ". */
  readonly documented: string;
  /** Where the documentation says so: a URL. */
  readonly link: string;
  /**
   * Path of an observation → the value, or a matcher for it, according to the documentation. If `outcome` expects the same value
   * of a version, the quirk does not apply to that version.
   */
  readonly promised: Readonly<Record<string, ExpectedData>>;
}

/**
 * Id of a behaviour of the subject (`mount/owner`) → its observations: paths, which include everything below them, or `all`
 * observations of the case.
 */
export type BehavioursOf<Path extends string> = Readonly<Record<string, 'all' | readonly Path[]>>;

interface ExpectationFields {
  /** The behaviour that the case tests, in one line. */
  readonly about: string;
  /** The upstream commit or commits that introduced or fixed the behaviour, if known. */
  readonly commit?: string | readonly string[];
  /** CVE numbers of what `commit` fixes: `kconform audit --cve` finds the case by them. */
  readonly cve?: readonly string[];
  /** Where the correct behaviour is specified: a manual page, a mail thread, a file of the kernel's documentation. */
  readonly source?: string;
  /** What a kernel must have. Otherwise the verdict is SKIP, with the reason. */
  readonly needs?: Needs;
  /** The first versions that the case applies to, one per branch; SKIP on others. Use it only if nothing can be probed. */
  readonly versions?: readonly string[];
  /** Splats that a correct kernel prints in this case. */
  readonly splats?: readonly SplatMatcher[];
  /** Bugs that explain other observations on some kernels. */
  readonly knownBugs?: readonly KnownBug[];
  /**
   * For a case whose known bugs show only in some runs: how often they do. Such a case is run only if it is named, or with `--races`; it
   * is repeated until a bug shows, as often as it takes for 99 %. A bug that does not show then is `not reproduced` (SKIP), not XPASS.
   */
  readonly race?: Race;
  /** Promises that the kernel does not keep. */
  readonly quirks?: readonly Quirk[];
  /** The machine that the scenario needs; without it the default machine. */
  readonly machine?: Machine;
  /** Limit of the scenario in milliseconds on KVM; it is multiplied for software emulation. */
  readonly limitMs?: number;
}

/** A path that begins with the name of an observation. The rest of the path is checked when the case is loaded. */
type PathIn<Name> = Name extends string ? Name | `${Name}.${string}` | `${Name}[${string}` | `["${string}` : never;

/** What an author writes in expect.ts. */
export interface ExpectationOf<S> extends ExpectationFields {
  /** The behaviours that the case observes, each with its observations. */
  readonly behaviours?: BehavioursOf<PathIn<keyof ObservationsOf<S>>>;
  /** For each observation of the scenario, its value on a correct kernel, or a matcher for it. */
  readonly outcome: { readonly [K in keyof ObservationsOf<S>]: Expected<ObservationsOf<S>[K]> };
}

/** An expectation as the harness reads it: plain data whose types the author's compiler has checked. */
export interface Expectation extends ExpectationFields {
  /** Marks the export of a file as an expectation. */
  readonly kind: 'expectation';
  /** See ProgramExpectation. */
  readonly program?: Program;
  /** See ExpectationOf. */
  readonly behaviours?: BehavioursOf<string>;
  /** See ExpectationOf. */
  readonly outcome: object;
}

/** What an author writes in expect.ts for a program of somebody else. */
export interface ProgramExpectation extends ExpectationFields {
  /** The program; the folder of the case has no scenario. */
  readonly program: Program;
  /** The behaviours that the program tests, each with its subtests: `subtests["name"]`. */
  readonly behaviours?: BehavioursOf<string>;
  /**
   * What differs from the rule that the program and all its subtests pass, or what the rule does not look at: `subtests`, `exitCode`,
   * `signal`, `output`, `status`, `problems`.
   */
  readonly outcome?: { readonly [name: string]: ExpectedData };
}

/** The expectation for a program of somebody else: `export default expectation({ about, program: { … } })`. */
export function expectation(fields: ProgramExpectation): Expectation;
/** The expectation for a scenario: `export default expectation<typeof scenario>({ … })`. */
export function expectation<S extends AnyScenario = UntypedScenario>(fields: ExpectationOf<S>): Expectation;
export function expectation(
  fields: Omit<Expectation, 'kind' | 'outcome'> & { readonly outcome?: object },
): Expectation {
  return { kind: 'expectation', outcome: {}, ...fields };
}
