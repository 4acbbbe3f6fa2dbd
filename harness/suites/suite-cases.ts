import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { AuthorLoader } from '../authors/load.ts';
import type { KconformError } from '../errors/error.ts';
import type { Expectation } from '../expect/expectation.ts';
import { type Machine, mergeMachines, withAbsolutePaths } from '../machine/machine.ts';
import type { Scenario } from '../scenario/api/scenario.ts';
import type { BuiltSuite, SuiteOptions } from './built.ts';
import type { SuiteFields } from './declaration.ts';
import { expectationOf } from './expected.ts';
import { checkNames, failedTargets, fieldsOf } from './fields.ts';
import { buildSuite } from './kinds.ts';
import { LIST_FILE, readList, type TestList } from './list.ts';
import { suiteScenario } from './scenario.ts';
import { asSuite, suiteError } from './shape.ts';

/** What a folder needs to be a suite. */
export const SUITE_FILE = 'suite.ts';

/** A suite file and what is beside it. */
export interface Suite {
  /** Below the folder of cases: `kselftest`. */
  readonly name: string;
  /** Absolute path of the suite file. */
  readonly file: string;
  readonly fields: SuiteFields;
  readonly list: TestList | undefined;
}

/** A test of a suite as a case. */
export interface SuiteCase {
  /** `kselftest/futex/run.sh` */
  readonly name: string;
  /** A hash of what is said of the test; that of its programs is in its machine. */
  readonly inputs: string;
  readonly loaded:
    | {
        readonly scenario: Scenario;
        readonly expectation: Expectation;
        readonly leftOut?: string;
        readonly slow?: string;
      }
    | KconformError;
}

/** Reads a suite file. @throws KC_SUITE, KC_CASE_BROKEN (case) */
export async function readSuite(name: string, file: string, loader: AuthorLoader): Promise<Suite> {
  const fields = asSuite(await loader.load(file), file);
  return { name, file, fields, list: await readList(join(dirname(file), fields.list ?? LIST_FILE)) };
}

/**
 * The cases of a suite, whose programs are made now if they are not in the cache.
 * @throws as buildSuite; KC_SUITE (case) for what is said of tests that there are not
 */
export async function suiteCases(suite: Suite, options: SuiteOptions): Promise<SuiteCase[]> {
  const { fields, file, name, list } = suite;
  const isCheap = fields.kind === 'programs';
  const built =
    options.namesOnly === true && !isCheap ? listedOnly(list, name) : await buildSuite(fields, file, name, options);
  // Another source may lack tests that the file speaks of, and so may the list.
  if (options.source === undefined && options.namesOnly !== true) checkNames(fields, built.tests, file);
  const unbuilt = unbuiltTests(list, built.tests).map((test) => `${name}/${test}`);
  if (unbuilt.length > 0) options.onUnbuilt?.(unbuilt);
  return built.tests.map((test) => caseOf(suite, built, test));
}

/**
 * Tests of the list that the suite does not make any more: no program, and no failed build of one, stands for them. Nothing of theirs is
 * judged.
 */
export function unbuiltTests(list: TestList | undefined, tests: BuiltSuite['tests']): string[] {
  const built = new Set(tests.map(({ name }) => name));
  const failed = failedTargets(tests);
  return Object.keys(list?.tests ?? {}).filter(
    (name) => !built.has(name) && !failed.some((target) => name.startsWith(target)),
  );
}

/** Tests that can be listed and not run. @throws KC_SUITE (case) without a list */
function listedOnly(list: TestList | undefined, name: string): BuiltSuite {
  if (list === undefined) {
    throw suiteError(
      `the tests of ${name} are not known yet: there is no list beside its suite file`,
      `npx kconform run ${name} --out FOLDER, then npx kconform accept FOLDER ${name}`,
    );
  }
  const tests = Object.keys(list.tests).map((test) => ({ name: test, workdir: '/', command: [] }));
  return { source: list.source, convention: undefined, machine: {}, tests };
}

function caseOf(suite: Suite, built: BuiltSuite, test: BuiltSuite['tests'][number]): SuiteCase {
  const fields = fieldsOf(suite.fields, test.name);
  const { leftOut, slow } = fields;
  const name = `${suite.name}/${test.name}`;
  const absolute = (machine: Machine | undefined) =>
    machine && withAbsolutePaths(machine, (path) => resolve(dirname(suite.file), path));
  const modules = fields.needs === undefined ? (test.modules ?? []) : [];
  const machine = mergeMachines([
    built.machine,
    absolute(suite.fields.machine),
    test.machine,
    modules.length === 0 ? undefined : { modules },
    absolute(fields.machine),
  ]);
  const inputs = createHash('sha256')
    .update(JSON.stringify([test, fields, built.convention]))
    .digest('hex');
  if (test.problem !== undefined && leftOut === undefined) return { name, inputs, loaded: test.problem };
  const expectation = expectationOf({ suite: suite.fields, built, test, fields, machine });
  const scenario = suiteScenario({ built, test, fields, list: suite.list });
  const notRun = { ...(leftOut !== undefined && { leftOut }), ...(slow !== undefined && { slow }) };
  return { name, inputs, loaded: { scenario, expectation, ...notRun } };
}
