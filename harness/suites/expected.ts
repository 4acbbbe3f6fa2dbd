import type { Expectation, ExpectedData, KnownBug } from '../expect/expectation.ts';
import { anyOf } from '../expect/matchers/matchers.ts';
import type { Machine } from '../machine/machine.ts';
import type { BuiltSuite, SuiteTest } from './built.ts';
import type { KnownFailure, SuiteFields, SuiteTestFields } from './declaration.ts';

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
  const known = [...(fields.known ?? []).map(knownBug), ...flakyBugs(fields)];
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
 * machine is not there on a better one: what is right is accepted too.
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
  } = known;
  const or = (right: ExpectedData, wrong: ExpectedData): ExpectedData =>
    cause === 'machine' ? anyOf<ExpectedData>(right, wrong) : wrong;
  const single = subtests?.map((name): [string, ExpectedData] => [subtestPath(name), or('pass', shows)]);
  return {
    title: cause === 'kernel' ? reason : `${reason} (fault of the ${cause})`,
    fix: fix ?? null,
    fixedIn: fixedIn ?? [],
    ...(introducedIn && { introducedIn }),
    ...(link && { link }),
    instead: {
      ...(single === undefined ? { status: or('pass', shows) } : Object.fromEntries(single)),
      ...(problems && { problems: or([], problems) }),
      ...(exitCode !== undefined && { exitCode: or(0, exitCode) }),
      ...(signal !== undefined && { signal: or(null, signal) }),
    },
  };
}

/** Subtests that fail now and then. What follows from their failure, the judge finds itself. */
function flakyBugs({ skips = [], flaky = [] }: SuiteTestFields): KnownBug[] {
  const mayBeSkipped = new Set(skips.flatMap(({ subtests = [] }) => subtests));
  return flaky.flatMap(({ reason, failed, runs, subtests = [] }) => {
    if (subtests.length === 0) return [];
    const values = subtests.map((name): [string, ExpectedData] => [
      subtestPath(name),
      mayBeSkipped.has(name) ? anyOf('pass', 'fail', 'skip') : anyOf('pass', 'fail'),
    ]);
    const title = `${reason} (failed in ${failed} of ${runs} runs)`;
    return [{ title, fix: null, fixedIn: [], instead: Object.fromEntries(values) }];
  });
}

function subtestPath(name: string): string {
  return `subtests[${JSON.stringify(name)}]`;
}

/**
 * What may be otherwise than by the rule: skips that are all right, and what fails now and then. A signal is never all right, unless
 * a known failure names it.
 */
function outcomeOf({ skips = [], flaky = [] }: SuiteTestFields): object {
  const ofProgram = new Set<string>();
  const subtests: Record<string, ExpectedData> = {};
  for (const { subtests: names } of flaky) {
    if (names === undefined) ofProgram.add('fail');
    for (const name of names ?? []) subtests[name] = 'pass';
  }
  for (const { subtests: names } of skips) {
    if (names === undefined) ofProgram.add('skip');
    for (const name of names ?? []) subtests[name] = anyOf('pass', 'skip');
  }
  return {
    ...(ofProgram.size > 0 && { status: anyOf('pass', ...ofProgram) }),
    signal: null,
    ...(Object.keys(subtests).length > 0 && { subtests }),
  };
}
