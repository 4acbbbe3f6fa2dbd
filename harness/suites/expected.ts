import type { Expectation, ExpectedData, KnownBug } from '../expect/expectation.ts';
import { absent, anyOf } from '../expect/matchers/matchers.ts';
import type { Machine } from '../machine/machine.ts';
import type { BuiltSuite, SuiteTest } from './built.ts';
import type { FlakyTest, KnownFailure, SuiteFields, SuiteTestFields } from './declaration.ts';

/** Where a test stands in its suite. */
interface ExpectedTest {
  readonly suite: SuiteFields;
  readonly built: Pick<BuiltSuite, 'convention'>;
  readonly test: SuiteTest;
  /** What the suite file says of it. */
  readonly fields: SuiteTestFields;
  readonly machine: Machine;
}

/** What is expected of one test of a suite: that everything passes, except what the suite file says of it. */
export function expectationOf({ suite, built, test, fields, machine }: ExpectedTest): Expectation {
  const limitMs = fields.limitMs ?? test.limitMs ?? suite.limitMs;
  const options = test.config ?? [];
  const cves = (test.cves ?? []).filter((number) => /^CVE-\d{4}-\d{4,}$/.test(number));
  const needs = fields.needs ?? (options.length === 0 ? undefined : { config: options });
  const known = [...(fields.known ?? []).map(knownBug), ...(fields.flaky ?? []).map(flakyBug)];
  return {
    kind: 'expectation',
    about: `${test.name} passes${cves.length === 0 ? '' : ` (${cves.join(', ')})`}`,
    ...(test.fixes !== undefined && test.fixes.length > 0 && { commit: test.fixes }),
    ...(cves.length > 0 && { cve: cves }),
    ...(needs && { needs }),
    ...(known.length > 0 && { knownBugs: known }),
    ...(fields.splats && { splats: fields.splats }),
    machine,
    ...(limitMs !== undefined && { limitMs }),
    program: { command: test.command.at(-1) ?? test.name, ...(built.convention && { convention: built.convention }) },
    outcome: outcomeOf(fields),
  };
}

/**
 * A known failure as the judge has it. What follows from subtests that fail as declared, the judge finds itself. A fault of the
 * machine is not there on a better one.
 */
function knownBug(known: KnownFailure): KnownBug {
  const {
    reason,
    cause,
    fix,
    fixedIn,
    introducedIn,
    link,
    subtests,
    problems,
    shows = 'fail',
    exitCode,
    signal,
    emulatedOnly,
  } = known;
  return {
    title: cause === 'kernel' ? reason : `${reason} (fault of the ${cause})`,
    fix: fix ?? null,
    fixedIn: fixedIn ?? [],
    ...(introducedIn && { introducedIn }),
    ...(link && { link }),
    instead: {
      ...(subtests === undefined ? { status: shows } : each(subtests, shows)),
      ...(problems && { problems }),
      ...(exitCode !== undefined && { exitCode }),
      ...(signal !== undefined && { signal }),
    },
    ...(cause === 'machine' && { mayBeAbsent: true }),
    ...(emulatedOnly && { emulatedOnly }),
  };
}

/** What fails now and then. What follows from a failed subtest, the judge finds itself. */
function flakyBug(flaky: FlakyTest): KnownBug {
  const { reason, failed, runs, subtests, failures, problems, exitCode, emulatedOnly } = flaky;
  const names =
    subtests === undefined && failures === undefined ? undefined : [...(subtests ?? []), ...(failures ?? [])];
  return {
    title: `${reason} (failed in ${failed} of ${runs} runs)`,
    fix: null,
    fixedIn: [],
    instead: {
      ...(names === undefined ? { status: 'fail', exitCode: exitCode ?? 1 } : each(names, 'fail')),
      ...(names !== undefined && exitCode !== undefined && { exitCode }),
      ...(problems && { problems }),
    },
    mayBeAbsent: true,
    ...(emulatedOnly && { emulatedOnly }),
  };
}

function each(subtests: readonly string[], status: string): Record<string, ExpectedData> {
  return Object.fromEntries(subtests.map((name) => [`subtests[${JSON.stringify(name)}]`, status]));
}

/** What may be otherwise than by the rule: skips that are all right. A signal is never all right, unless a known failure names it. */
function outcomeOf({ skips = [], flaky = [] }: SuiteTestFields): object {
  const subtests: Record<string, ExpectedData> = {};
  for (const name of flaky.flatMap((one) => one.subtests ?? [])) subtests[name] = 'pass';
  for (const name of flaky.flatMap((one) => one.failures ?? [])) subtests[name] = absent();
  for (const name of skips.flatMap((one) => one.subtests ?? [])) subtests[name] = anyOf('pass', 'skip');
  return {
    ...(skips.some((one) => one.subtests === undefined) && { status: anyOf('pass', 'skip') }),
    signal: null,
    ...(Object.keys(subtests).length > 0 && { subtests }),
  };
}
