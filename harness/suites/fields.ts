import { mergeMachines } from '../machine/machine.ts';
import type { BuiltSuite } from './built.ts';
import type { SuiteFields, SuiteTestFields } from './declaration.ts';
import { suiteError } from './shape.ts';

/** What the suite file says of a test: of its target (`futex/*`), then of itself; the latter counts more, and lists add up. */
export function fieldsOf({ tests = {} }: SuiteFields, name: string): SuiteTestFields {
  const ofTargets = Object.entries(tests).filter(([key]) => key.endsWith('/*') && name.startsWith(key.slice(0, -1)));
  const sorted = ofTargets.sort(([a], [b]) => a.length - b.length).map(([, fields]) => fields);
  const own = tests[name];
  return [...sorted, ...(own === undefined ? [] : [own])].reduce(merge, {});
}

function merge(before: SuiteTestFields, after: SuiteTestFields): SuiteTestFields {
  const known = [...(before.known ?? []), ...(after.known ?? [])];
  const skips = [...(before.skips ?? []), ...(after.skips ?? [])];
  const flaky = [...(before.flaky ?? []), ...(after.flaky ?? [])];
  return {
    ...before,
    ...after,
    machine: mergeMachines([before.machine, after.machine]),
    env: { ...before.env, ...after.env },
    known,
    skips,
    flaky,
  };
}

/**
 * Refuses what is said of tests that the suite does not have: a misspelt name would be a failure that nobody expects. Nothing is known
 * of the names of a target that did not compile; that is an ERROR already.
 * @throws KC_SUITE (case)
 */
export function checkNames({ tests: said = {} }: SuiteFields, tests: BuiltSuite['tests'], file: string): void {
  const names = tests.map(({ name }) => name);
  const failed = failedTargets(tests);
  const isThere = (key: string) =>
    key.endsWith('/*') ? names.some((name) => name.startsWith(key.slice(0, -1))) : names.includes(key);
  const unknown = Object.keys(said).filter((key) => !isThere(key) && !failed.some((target) => key.startsWith(target)));
  if (unknown.length === 0) return;
  throw suiteError(
    `${file} names tests that the suite does not have: ${unknown.join(', ')}`,
    'correct the names, or remove what the new source dropped',
  );
}

/** `landlock/`: what the names of tests begin with of which nothing is known, because their target did not compile. */
export function failedTargets(tests: BuiltSuite['tests']): string[] {
  return tests.filter(({ problem }) => problem !== undefined).map(({ name }) => `${name}/`);
}
