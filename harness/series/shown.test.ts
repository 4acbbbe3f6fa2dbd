import { describe, expect, test } from 'vitest';
import { type Expectation, expectation, type KnownBug } from '../expect/expectation.ts';
import { judge } from '../expect/judge/judge.ts';
import type { Observation } from '../expect/judge/judge-leaf.ts';
import { anyOf, atLeast, byConfig, byVersion } from '../expect/matchers/matchers.ts';
import { type Leak, noReports, type OracleReports, type Splat, type Verdict } from '../expect/outcome.ts';
import type { Judged } from '../run/results/results-file.ts';
import { judged, observed } from './judged.test-support.ts';
import { bugShows, caseShows } from './shown.ts';

const KERNEL = '6.12.57';
const bug = (fix: string, instead: KnownBug['instead'], more: Partial<KnownBug> = {}): KnownBug => ({
  title: `${fix} is missing`,
  fix,
  fixedIn: [],
  instead,
  ...more,
});
const FIXED = { fixedIn: ['6.12.54'] };
const UNDETERMINED = { fixedIn: ['6.18'] };
const splat = (title: string): Splat => ({
  kind: 'WARNING',
  title,
  fingerprint: [],
  at: null,
  state: 'whole',
  text: [title],
});
const LEAK: Leak = { count: 1, bytes: 8, comm: 'sh', hex: [], backtrace: ['strndup_user+0x4b/0x70'] };

function caseWith(outcome: Expectation['outcome'], ...knownBugs: readonly KnownBug[]): Expectation {
  return expectation({ about: 'a', outcome: { ...outcome }, knownBugs });
}

/** What a case shows of each fix, judged as in a run. */
function shownBy(
  known: Expectation,
  observations: Readonly<Record<string, unknown>>,
  oracles: Partial<OracleReports> = {},
) {
  const kernel = { version: KERNEL, config: null };
  const outcome = { observations, oracles: { ...noReports, ...oracles } };
  const judgement = judge({ expectation: known, outcome, kernel });
  return statesOf(known, judged(KERNEL, 'a/case', judgement.verdict, judgement));
}

function statesOf(known: Expectation, result: Judged): Record<string, string> {
  const shown = (known.knownBugs ?? []).map((one) => [one.fix ?? '', bugShows(one, known, result)] as const);
  return {
    verdict: result.verdict,
    ...Object.fromEntries(
      shown.map(([fix, { state, why, missed }]) => [
        fix,
        [state, why, missed && 'missed'].filter((part) => part !== undefined).join(': '),
      ]),
    ),
  };
}

describe('a case with several bugs', () => {
  const two = caseWith({ a: 1, b: 1 }, bug('A', { a: 2 }), bug('B', { b: 2 }));
  test.each<[string, object, Record<string, string>]>([
    ['both show', { a: 2, b: 2 }, { verdict: 'XFAIL', A: 'lacks: A is missing', B: 'lacks: B is missing' }],
    ['one is gone', { a: 1, b: 2 }, { verdict: 'XPASS', A: 'has', B: 'lacks: B is missing' }],
    ['both are gone', { a: 1, b: 1 }, { verdict: 'XPASS', A: 'has', B: 'has' }],
    [
      'one shows, the other fails in another way',
      { a: 2, b: 3 },
      { verdict: 'FAIL', A: 'lacks: A is missing', B: 'unknown: FAIL: b: expected 1, observed 3' },
    ],
  ])('%s', (_, observations, expected) => expect(shownBy(two, { ...observations })).toEqual(expected));

  test('a value that two bugs declare is evidence of neither alone', () => {
    const same = caseWith({ a: 1 }, bug('A', { a: 2 }), bug('B', { a: 2 }));
    expect(shownBy(same, { a: 2 })).toEqual({
      verdict: 'XFAIL',
      A: 'lacks: A is missing',
      B: 'unknown: XFAIL: A is missing',
    });
    const beside = caseWith(
      { a: 1, b: 1, exitCode: 0 },
      bug('A', { a: 2, exitCode: 1 }),
      bug('B', { b: 2, exitCode: 1 }),
    );
    expect(shownBy(beside, { a: 2, b: 2, exitCode: 1 })).toMatchObject({ B: 'lacks: B is missing' });
  });

  test('of a matcher nothing is said, as results have values as text', () => {
    const matched = caseWith({ a: 1, b: 0 }, bug('A', { a: 2 }), bug('B', { b: atLeast(1) }));
    expect(shownBy(matched, { a: 2, b: 5 })).toMatchObject({ B: 'unknown: XFAIL: A is missing' });
  });

  test('whether a branch has the fix is said of the bug that shows', () => {
    const open = caseWith({ a: 1, b: 1 }, bug('A', { a: 2 }), bug('B', { b: 2 }, UNDETERMINED));
    expect(shownBy(open, { a: 2, b: 2 })).toMatchObject({
      B: 'unknown: XFAIL: B is missing: whether this branch has the fix is not known',
    });
  });

  test('an observation that was not made as another bug killed the program is no evidence', () => {
    const oops: Splat = { ...splat('BUG: x'), kind: 'BUG' };
    const killed = caseWith(
      { a: 1, exitCode: 0, signal: null, output: '' },
      bug('A', {}, { splats: [{ title: 'BUG: x' }] }),
      bug('B', { a: 2 }),
    );
    const seen = shownBy(killed, { exitCode: null, signal: 'SIGKILL', output: '' }, { splats: [oops] });
    expect(seen).toEqual({ verdict: 'XFAIL', A: 'lacks: A is missing', B: 'unknown: XFAIL: A is missing' });
  });
});

describe('a bug with several observations', () => {
  const one = caseWith({ a: 1, b: 1 }, bug('A', { a: 2, b: 2 }));
  const fixed = caseWith({ a: 1, b: 1 }, bug('A', { a: 2, b: 2 }, FIXED));
  const record = caseWith({ a: { value: 0, errno: null } }, bug('A', { a: { value: 7, errno: null } }, FIXED));
  test.each<[string, Expectation, object, Record<string, string>]>([
    [
      'one right, one as declared',
      one,
      { a: 1, b: 2 },
      { verdict: 'XPASS', A: 'unknown: only a part of the bug shows' },
    ],
    [
      'one right, one as if the fix were missing',
      fixed,
      { a: 1, b: 2 },
      { verdict: 'FAIL', A: 'unknown: only a part of the bug shows' },
    ],
    [
      'one right, one wrong in another way',
      one,
      { a: 1, b: 3 },
      { verdict: 'FAIL', A: 'unknown: FAIL: b: expected 1, observed 3' },
    ],
    [
      'all as if the fix were missing',
      fixed,
      { a: 2, b: 2 },
      {
        verdict: 'FAIL',
        A: 'lacks: a: expected 1, observed 2, as if A were missing (A is missing; fixed in 6.12.54): missed',
      },
    ],
    [
      'the bug leaves one as it is',
      record,
      { a: { value: 7, errno: null } },
      {
        verdict: 'FAIL',
        A: 'lacks: a.value: expected 0, observed 7, as if A were missing (A is missing; fixed in 6.12.54): missed',
      },
    ],
  ])('%s', (_, known, observations, expected) => expect(shownBy(known, { ...observations })).toEqual(expected));
});

describe("a bug's own reports", () => {
  const warns = { splats: [{ title: 'WARNING: at f' }] };
  const seen = { splats: [splat('WARNING: at f')] };
  const part = 'unknown: only a part of the bug shows';
  test.each<[string, KnownBug, Partial<OracleReports>, Record<string, string>]>([
    [
      'a splat beside right values',
      bug('A', { a: 2 }, { ...warns, ...UNDETERMINED }),
      seen,
      { verdict: 'XFAIL', A: part },
    ],
    ['a splat where the fix should be', bug('A', { a: 2 }, { ...warns, ...FIXED }), seen, { verdict: 'FAIL', A: part }],
    [
      'a leak beside right values',
      bug('A', { a: 2 }, { leaks: ['strndup_user'], ...UNDETERMINED }),
      { leaks: [LEAK] },
      { verdict: 'XFAIL', A: part },
    ],
    ['no splat', bug('A', { a: 2 }, { ...warns, ...UNDETERMINED }), {}, { verdict: 'PASS', A: 'has' }],
    ['nothing but a splat, and it is gone', bug('A', {}, warns), {}, { verdict: 'XPASS', A: 'has' }],
  ])('%s', (_, own, oracles, expected) => {
    expect(shownBy(caseWith({ a: 1 }, own), { a: 1 }, oracles)).toEqual(expected);
  });

  test('two bugs with splats, which the verdict does not both name', () => {
    const other = { splats: [{ title: 'WARNING: at g' }] };
    const both = caseWith({ a: 1 }, bug('A', {}, warns), bug('B', {}, other), bug('C', {}, { ...other, ...FIXED }));
    const reports = { splats: [splat('WARNING: at f'), splat('WARNING: at g')] };
    expect(shownBy(both, { a: 1 }, reports)).toEqual({
      verdict: 'XFAIL',
      A: 'lacks: A is missing',
      B: 'unknown: XFAIL: A is missing',
      C: 'unknown: XFAIL: A is missing',
    });
    expect(shownBy(caseWith({ a: 1 }, bug('A', {}, warns), bug('B', {}, other)), { a: 1 }, reports)).toMatchObject({
      B: 'lacks: B is missing',
    });
  });

  test('where an oracle could not look, right values are no evidence', () => {
    const blind = { unavailable: { splats: 'the console is full' } };
    expect(shownBy(caseWith({ a: 1 }, bug('A', { a: 2 })), { a: 1 }, blind)).toMatchObject({
      A: expect.stringMatching(/^unknown: ERROR: the splats oracle could not look/),
    });
  });
});

test.each<[Verdict, readonly Observation[]]>([
  ['SKIP', [observed('a', 'PASS', '1')]],
  ['XPASS', []],
])('%s without what the bug is about is no evidence of its fix', (verdict, observations) => {
  const known = caseWith({ a: 1 }, bug('A', { a: 2 }));
  const result = judged(KERNEL, 'a/case', verdict, { observations, fix: 'A', reason: 'r' });
  expect(statesOf(known, result)).toMatchObject({ A: `unknown: ${verdict}: r` });
});

describe('a case as a whole', () => {
  const onKernel = (version: string, outcome: object, more: Partial<Judged> = {}) =>
    caseShows({ outcome }, judged(version, 'a/case', 'PASS', more));
  const since = <T>(values: Readonly<Record<string, T>>) => ({ a: { b: [1, byVersion(values)] } });
  const older = { state: 'unknown', why: 'judged by the values of older versions' };

  test.each<[string, string, object, object]>([
    ['the newest value', '6.12.57', since({ '6.1': 0, '6.8': 1 }), { state: 'has' }],
    ['an older value', '6.1.100', since({ '6.1': 0, '6.8': 1 }), older],
    ['a value of before a later change', '6.12.57', since({ '6.1': 0, '6.8': 1, '6.17': 2 }), older],
    ['the newest value, backported', '6.12.57', since({ '6.1': 0, '6.12.54': 1, '6.18': 1 }), { state: 'has' }],
    ['an older value of a branch with a backport', '6.12.53', since({ '6.1': 0, '6.12.54': 1, '6.18': 1 }), older],
    ['a version of which nothing is said', '5.10.1', since({ '6.1': 0 }), older],
    ['within a fence', '6.12.57', since({ '6.1': byVersion({ '6.1': 0, '6.18': 1 }) }), older],
    ['within other matchers', '6.1.100', { a: anyOf(2, byVersion({ '6.1': 0, '6.8': 1 })) }, older],
    ['with one configuration', '6.1.100', { a: byConfig('BPF', 2, byVersion({ '6.1': 0, '6.8': 1 })) }, older],
    ['no fence', '6.1.100', { a: [1, { b: null }] }, { state: 'has' }],
  ])('%s', (_, version, outcome, expected) => expect(onKernel(version, outcome)).toEqual(expected));

  test('a part of it was skipped', () => {
    const cut = { state: 'unknown', why: 'a part of it was skipped' };
    expect(onKernel('6.12.57', {}, { skips: [{ subtest: 'x' }] })).toEqual(cut);
    const known = caseWith({}, bug('A', {}, { splats: [{ title: 'x' }] }));
    const result = judged(KERNEL, 'a/case', 'PASS', { skips: [{}] });
    expect(statesOf(known, result)).toMatchObject({ A: 'unknown: a part of it was skipped' });
  });
});
