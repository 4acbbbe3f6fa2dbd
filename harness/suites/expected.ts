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
  const needs = fields.needs ?? (options.length === 0 ? undefined : { config: options });
  const known = (fields.known ?? []).map(knownBug);
  return {
    kind: 'expectation',
    about: `${test.name} passes${test.cves === undefined || test.cves.length === 0 ? '' : ` (${test.cves.join(', ')})`}`,
    ...(test.fixes !== undefined && test.fixes.length > 0 && { commit: test.fixes }),
    ...(needs && { needs }),
    ...(known.length > 0 && { knownBugs: known }),
    machine,
    ...(limitMs !== undefined && { limitMs }),
    program: { command: test.command.at(-1) ?? test.name, ...(built.convention && { convention: built.convention }) },
    outcome: outcomeOf(fields),
  };
}

/** A known failure as the judge has it. What follows from subtests that fail as declared, the judge finds itself. */
function knownBug(known: KnownFailure): KnownBug {
  const { reason, cause, fix, fixedIn, introducedIn, link, subtests, problems, shows = 'fail' } = known;
  const single = subtests?.map((name): [string, string] => [`subtests[${JSON.stringify(name)}]`, shows]);
  return {
    title: cause === 'kernel' ? reason : `${reason} (fault of the ${cause})`,
    fix: fix ?? null,
    fixedIn: fixedIn ?? [],
    ...(introducedIn && { introducedIn }),
    ...(link && { link }),
    instead: {
      ...(single === undefined ? { status: shows } : Object.fromEntries(single)),
      ...(problems && { problems }),
    },
  };
}

/** What may be otherwise than by the rule: skips that are all right, and what fails now and then. */
function outcomeOf({ skips = [], flaky = [] }: SuiteTestFields): object {
  const subtests: Record<string, ExpectedData> = {};
  let status: ExpectedData | undefined;
  for (const { subtests: names } of skips) {
    if (names === undefined) status = anyOf('pass', 'skip');
    for (const name of names ?? []) subtests[name] = anyOf('pass', 'skip');
  }
  for (const { subtests: names } of flaky) {
    status = anyOf('pass', 'fail');
    for (const name of names ?? []) subtests[name] = anyOf('pass', 'fail');
  }
  return {
    ...(status !== undefined && { status }),
    ...(Object.keys(subtests).length > 0 && { subtests }),
  };
}
