import type { Expectation } from '../expectation.ts';
import { plainPath, steps } from '../judge/diff.ts';
import { isRecord } from '../matchers/matches.ts';

/** What is expected of a program by rule, and what of its observations is compared with it. */
export interface ByRule {
  readonly right: object;
  readonly observed: object;
}

/** Right values of observations that are judged only if a known bug declares others. */
const OF_THE_END: Readonly<Record<string, unknown>> = { signal: null, exitCode: 0 };

/** Not the program's own from here on: a shell could not start it (126, 127), or adds 128 to the number of the signal that ended it. */
export const FIRST_OF_SHELL = 126;

/**
 * What is expected of a program: the status `pass`, no problems, and of each subtest that it has `pass`; what the expectation lists
 * goes before. A skip is not against the rule, and neither is a failure that the program itself expects. How it ended and what it
 * printed is not judged unless it is listed.
 * @param listed the outcome of the expectation, its fences resolved for the kernel
 */
export function byRule({ knownBugs = [] }: Expectation, listed: unknown, observations: object): ByRule {
  const given = isRecord(listed) ? listed : {};
  const { status, subtests, exitCode } = {
    status: undefined,
    subtests: undefined,
    exitCode: undefined,
    ...observations,
  };
  const declared = new Set(knownBugs.flatMap(({ instead }) => Object.keys(instead)).map(rootOf));
  // A bug that names no exit status explains a failure, but no crash.
  if (declared.has('status') && Number(exitCode ?? 0) >= FIRST_OF_SHELL) declared.add('exitCode');
  const ofTheEnd = Object.entries(OF_THE_END).filter(
    // A program that skips has an exit status of its own for it.
    ([name]) => Object.hasOwn(given, name) || (declared.has(name) && !(name === 'exitCode' && status === 'skip')),
  );
  const rule = { problems: [], status: status === 'skip' ? 'skip' : 'pass' };
  // In this order the first difference says most.
  const right = {
    subtests: subtestsByRule(given.subtests, subtests, status === 'skip'),
    ...Object.fromEntries(ofTheEnd),
    ...rule,
    ...Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'subtests')),
  };
  const observed = Object.entries(observations).filter(([name]) => Object.hasOwn(right, name));
  return { right, observed: Object.fromEntries(observed) };
}

/** Of a program that skips as a whole no subtest is missing. */
function subtestsByRule(listed: unknown, observed: unknown, isSkipped: boolean): unknown {
  if (listed !== undefined && !isRecord(listed)) return listed;
  const seen = isRecord(observed) ? observed : {};
  const allowed = Object.entries(seen).map(([name, status]) => [name, isAllowed(status) ? status : 'pass']);
  const wanted = Object.entries(listed ?? {}).filter(([name]) => !isSkipped || Object.hasOwn(seen, name));
  return Object.fromEntries([...allowed, ...wanted]);
}

function isAllowed(status: unknown): boolean {
  return status === 'skip' || status === 'xfail';
}

function rootOf(path: string): string {
  return steps(path)[0] ?? '';
}

/** The expectation with its paths as `diff` writes them: `subtests.name` for `subtests["name"]`. */
export function withPlainPaths(expectation: Expectation): Expectation {
  const { knownBugs, behaviours } = expectation;
  return {
    ...expectation,
    ...(knownBugs && { knownBugs: knownBugs.map((bug) => ({ ...bug, instead: plainKeys(bug.instead) })) }),
    ...(behaviours && {
      behaviours: Object.fromEntries(
        Object.entries(behaviours).map(([id, paths]) => [id, paths === 'all' ? paths : paths.map(plainPath)]),
      ),
    }),
  };
}

function plainKeys<T>(byPath: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(byPath).map(([path, value]) => [plainPath(path), value]));
}

/** The expectation with the right values of what its known bugs and behaviours name, for checks that know no run. */
export function withRule(expectation: Expectation): Expectation {
  const { program, outcome, knownBugs = [], behaviours = {} } = expectation;
  if (program === undefined) return expectation;
  const paths = [
    ...knownBugs.flatMap(({ instead }) => Object.keys(instead)),
    ...Object.values(behaviours).flatMap((of) => (of === 'all' ? [] : of)),
  ].map(steps);
  const subtests = paths.flatMap(([root, name]) => (root === 'subtests' && name !== undefined ? [[name, 'pass']] : []));
  const named = new Set(paths.map(([root]) => root));
  const ofTheEnd = Object.entries(OF_THE_END).filter(([name]) => named.has(name));
  const listed = 'subtests' in outcome ? outcome.subtests : {};
  return {
    ...expectation,
    outcome: {
      ...Object.fromEntries(ofTheEnd),
      status: 'pass',
      problems: [],
      ...outcome,
      subtests: isRecord(listed) ? { ...Object.fromEntries(subtests), ...listed } : listed,
    },
  };
}
