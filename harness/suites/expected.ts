import type { Expectation, ExpectedData, KnownBug } from '../expect/expectation.ts';
import { absent, anyOf } from '../expect/matchers/matchers.ts';
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

/** What fails now and then, with the right values beside those of a failure. What follows from a failed subtest, the judge finds itself. */
function flakyBugs({ skips = [], flaky = [] }: SuiteTestFields): KnownBug[] {
  const mayBeSkipped = new Set(skips.flatMap(({ subtests = [] }) => subtests));
  return flaky.map(({ reason, failed, runs, subtests = [], failures = [], problems, exitCode = 1 }) => {
    const shown = subtests.map((name): [string, ExpectedData] => [
      subtestPath(name),
      mayBeSkipped.has(name) ? anyOf('pass', 'fail', 'skip') : anyOf('pass', 'fail'),
    ]);
    const printed = failures.map((name): [string, ExpectedData] => [
      subtestPath(name),
      anyOf<ExpectedData>(absent(), 'fail'),
    ]);
    const single = [...shown, ...printed];
    const title = `${reason} (failed in ${failed} of ${runs} runs)`;
    const ofProgram = { status: anyOf('pass', 'fail'), exitCode: anyOf(0, exitCode) };
    const instead = {
      ...(single.length === 0 ? ofProgram : Object.fromEntries(single)),
      ...(problems && { problems: anyOf<ExpectedData>([], problems) }),
    };
    return { title, fix: null, fixedIn: [], instead };
  });
}

function subtestPath(name: string): string {
  return `subtests[${JSON.stringify(name)}]`;
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
