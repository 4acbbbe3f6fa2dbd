import { describe, expect, test } from 'vitest';
import type { Verdict } from '../expect/outcome.ts';
import { painter } from '../report/text/colour.ts';
import { printComparison } from '../report/text/series/comparison.ts';
import type { Edit } from '../run/discovery/case-inputs.ts';
import type { Judged } from '../run/results/results-file.ts';
import { compareRuns, comparisonExitCode } from './compare.ts';
import { judged, observed, published } from './judged.test-support.ts';

const NAME = 'bpffs/mount';

function one(verdict: Verdict, more: Partial<Judged> = {}): Judged[] {
  return [judged('6.12.57', NAME, verdict, more)];
}

function retried(verdict: Verdict, ...again: Verdict[]): Judged[] {
  const { observations, oracles } = judged('6.12.57', NAME, verdict);
  const retries = again.map((other, index) => {
    return { isolation: index === 0 ? 'clone' : 'cold', verdict: other, durationMs: 1, observations, oracles } as const;
  });
  return one(verdict, { retries });
}

function changeOf(before: Judged[], after: Judged[]) {
  return compareRuns(before, after).compared.map(({ change }) => change)[0];
}

const uid = { observations: [observed('uid', 'FAIL', '1', '0'), observed('gid', 'PASS', '0')] };
const both = { observations: [observed('uid', 'FAIL', '1', '0'), observed('gid', 'FAIL', '1', '0')] };
const otherUid = { observations: [observed('uid', 'FAIL', '2', '0'), observed('gid', 'PASS', '0')] };
const splat = {
  kind: 'WARNING',
  title: 'WARNING: at x.c f',
  fingerprint: ['f'],
  at: 1,
  state: 'whole',
  text: [],
} as const;
const { oracles } = judged('6.12.57', NAME, 'FAIL');
const race = { race: { attempts: 3 } };
const known = [judged('6.12.57', 'a', 'PASS')];

test.each<[string, Judged[], Judged[], string | undefined, 0 | 1 | 2]>([
  ['a PASS that fails', one('PASS'), one('FAIL'), 'regression', 1],
  ['a declared bug that shows otherwise', one('XFAIL'), one('FAIL'), 'regression', 1],
  ['a FAIL where nothing was known', one('SKIP'), one('FAIL'), 'regression', 1],
  ['a FAIL of one more observation', one('FAIL', uid), one('FAIL', both), 'regression', 1],
  [
    'a FAIL with a splat that was not there',
    one('FAIL', uid),
    one('FAIL', { ...uid, oracles: { ...oracles, splats: [splat] } }),
    'regression',
    1,
  ],
  ['a FAIL of one observation less', one('FAIL', both), one('FAIL', uid), 'changed', 0],
  ['a FAIL with another value', one('FAIL', uid), one('FAIL', otherUid), 'changed', 0],
  ['the same FAIL', one('FAIL', uid), one('FAIL', uid), 'persistent', 0],
  ['the same ERROR', one('ERROR'), one('ERROR'), 'persistent', 0],
  ['a FAIL that is gone', one('FAIL'), one('PASS'), 'fixed', 0],
  ['a declared bug that is gone', one('XFAIL'), one('PASS'), 'fixed', 0],
  ['a declared bug that is gone and declared still', one('XFAIL'), one('XPASS'), 'fixed', 0],
  ['a declared bug that is there now', one('PASS'), one('XFAIL'), 'changed', 0],
  ['an ERROR, which says nothing of the kernel', one('PASS'), one('ERROR'), 'changed', 2],
  ['a SKIP', one('PASS'), one('SKIP'), 'changed', 0],
  [
    'another expectation',
    one('PASS', { observations: [observed('n', 'PASS', '1')] }),
    one('PASS', { observations: [observed('n', 'PASS', '2')] }),
    'changed',
    0,
  ],
  [
    'another value under one matcher',
    one('PASS', { observations: [observed('n', 'PASS', '1', 'any')] }),
    one('PASS', { observations: [observed('n', 'PASS', '2', 'any')] }),
    undefined,
    0,
  ],
  ['a race that does not show any more', one('XFAIL', race), one('PASS', race), 'undetermined', 0],
  ['a race that fails and is not reproduced then', one('FAIL', race), one('SKIP', race), 'undetermined', 0],
  ['a race in older results, which do not say so', one('XFAIL'), one('PASS', race), 'undetermined', 0],
  ['a race that shows now', one('SKIP', race), one('XFAIL', race), 'undetermined', 0],
  ['a race that shows now although it is fixed', one('PASS', race), one('FAIL', race), 'undetermined', 1],
  ['a race that fails in both', one('XFAIL', race), one('FAIL', race), 'regression', 1],
  ['a race that is an ERROR', one('XFAIL', race), one('ERROR', race), 'changed', 2],
  ['another declared bug', one('XFAIL', { fix: 'a' }), one('XFAIL', { fix: 'b' }), 'changed', 0],
  ['the same PASS', one('PASS'), one('PASS'), undefined, 0],
  ['a FAIL that passes when it is looked at again', one('PASS'), retried('FAIL', 'PASS', 'PASS'), 'unstable', 0],
  ['a FAIL that fails cold too, and not in a clone', one('PASS'), retried('FAIL', 'PASS', 'FAIL'), 'unstable', 0],
  ['a FAIL that is one each time', one('PASS'), retried('FAIL', 'FAIL', 'FAIL'), 'regression', 1],
  [
    'what was unstable and fails each time now',
    retried('FAIL', 'PASS', 'PASS'),
    retried('FAIL', 'FAIL', 'FAIL'),
    'regression',
    1,
  ],
  ['what was unstable and passes now', retried('FAIL', 'PASS', 'PASS'), one('PASS'), 'unstable', 0],
  ['a new case that fails', known, [...one('FAIL'), ...known], 'new', 1],
  ['a new case without its declared bug', known, [...one('XPASS'), ...known], 'new', 1],
  ['a new case that is an ERROR', known, [...one('ERROR'), ...known], 'new', 2],
  ['a new case that fails each time', known, [...retried('FAIL', 'FAIL', 'FAIL'), ...known], 'new', 1],
  ['a new case that fails once', known, [...retried('FAIL', 'PASS', 'PASS'), ...known], 'new', 0],
  ['a new case that passes', known, [...one('PASS'), ...known], 'new', 0],
  ['a new case with its declared bug', known, [...one('XFAIL'), ...known], 'new', 0],
  ['a new case that is skipped', known, [...one('SKIP'), ...known], 'new', 0],
  ['a boot that fails and was not judged before', known, [judged('6.12.57', '(boot)', 'FAIL'), ...known], 'new', 1],
  [
    'a case that is missing',
    [...one('PASS'), judged('6.12.57', 'a', 'PASS')],
    [judged('6.12.57', 'a', 'PASS')],
    'missing',
    0,
  ],
  ['nothing in common', one('PASS'), [judged('6.12.57', 'a', 'PASS')], 'new', 2],
  ['nothing in common, and a FAIL', one('PASS'), [judged('6.12.57', 'a', 'FAIL')], 'new', 2],
])('%s', (_, before, after, change, exitCode) => {
  expect(changeOf(before, after)).toBe(change);
  expect(comparisonExitCode(compareRuns(before, after))).toBe(exitCode);
});

describe('a case that was edited between the runs', () => {
  const values = (verdict: Verdict, value: string, expected: string, more: Partial<Judged> = {}) =>
    one(verdict, { observations: [observed('mode', verdict, value, expected)], ...more });
  const splats = { oracles: { ...oracles, splats: [splat] } };

  test.each<[string, Judged[], Judged[], Edit, string | undefined, 0 | 1 | 2]>([
    ['fails now', values('PASS', '1', '1'), values('FAIL', '2', '1'), 'own', 'edited', 1],
    ['passes now', values('FAIL', '1', '2'), values('PASS', '1', '1'), 'own', 'edited', 0],
    ['is an ERROR now', one('PASS'), one('ERROR'), 'own', 'edited', 2],
    ['passes with another value', values('PASS', '1', '1'), values('PASS', '2', '2'), 'own', 'edited', 0],
    ['has the same result', values('PASS', '1', '1'), values('PASS', '1', '1'), 'own', undefined, 0],
    ['fails as before', values('FAIL', '1', '2'), values('FAIL', '1', '2'), 'own', 'persistent', 0],
    [
      'expects another value, from a shared file',
      values('PASS', '1', '1'),
      values('FAIL', '1', '2'),
      'shared',
      'edited',
      1,
    ],
    [
      'shows another value, and shares an edited file',
      values('PASS', '1', '1'),
      values('FAIL', '2', '1'),
      'shared',
      'regression',
      1,
    ],
    ['has a splat, and shares an edited file', one('PASS'), one('FAIL', splats), 'shared', 'regression', 1],
    [
      'expects another value and has a splat, and shares an edited file',
      values('PASS', '1', '1'),
      values('FAIL', '1', '2', splats),
      'shared',
      'regression',
      1,
    ],
    ['was not edited', values('PASS', '1', '1'), values('FAIL', '1', '2'), 'nothing', 'regression', 1],
  ])('%s', (_, before, after, edit, change, exitCode) => {
    const comparison = compareRuns(before, after, (name) => (name === NAME ? edit : 'nothing'));
    expect(comparison.compared[0]?.change).toBe(change);
    expect(comparisonExitCode(comparison)).toBe(exitCode);
  });

  test('another machine, or other packages, count as an edit', () => {
    const before = values('PASS', '1', '1', { machine: { cpus: 2 } });
    const packages = { suite: 'trixie', sha256: 'a', packages: [] };
    expect(compareRuns(before, values('FAIL', '2', '1')).compared[0]?.change).toBe('edited');
    expect(compareRuns(before, values('FAIL', '2', '1', { machine: { cpus: 2 } })).compared[0]?.change).toBe(
      'regression',
    );
    const refreshed = values('FAIL', '2', '1', { machine: { cpus: 2 }, packages });
    expect(compareRuns(before, refreshed).compared[0]?.change).toBe('edited');
  });

  test('as a person reads it', () => {
    const comparison = compareRuns(values('PASS', '1', '1'), values('FAIL', '1', '2'), () => 'own');
    expect(printComparison(comparison, painter(false))).toBe(`edited      bpffs/mount on 6.12.57: PASS → FAIL
            the case was edited, or ran on another machine: the kernel need not have changed
            mode: 1 in both; expected 1 → 2

1 edited, 0 as before
`);
  });
});

test.each([
  ['kernel', [one('PASS'), [judged('6.12.69', NAME, 'PASS'), judged('6.12.70', NAME, 'PASS')]]],
  ['case', [one('PASS'), [judged('6.12.57', 'a', 'FAIL')]]],
] as const)('two runs without a common %s cannot be compared', (what, [before, after]) => {
  const comparison = compareRuns(before, after);
  expect(printComparison(comparison, painter(false))).toContain(
    `nothing to compare: the runs have no ${what} in common\n`,
  );
  expect(comparisonExitCode(comparison)).toBe(2);
});

test('kernels are set against each other by package, by what a spec means now, and one against one', () => {
  const on = (kernel: Judged['kernel'], verdict: Verdict) => judged('0', NAME, verdict, { kernel });
  const newest = (number: string) => ({ ...published(number), spec: '6.12' });
  const before = [on(newest('6.12.100'), 'PASS'), on(published('6.12.57'), 'PASS'), on(published('6.12.43'), 'PASS')];
  const after = [on(newest('6.12.101'), 'FAIL'), on(published('6.12.57'), 'PASS')];
  expect(compareRuns(before, after).compared.map(({ change, kernel }) => [change, kernel])).toEqual([
    ['regression', '6.12.100 → 6.12.101'],
    ['missing', '6.12.43'],
  ]);
  expect(
    compareRuns([on(published('6.12.43'), 'XFAIL')], [on(published('6.12.57'), 'PASS')]).compared[0],
  ).toMatchObject({
    change: 'fixed',
    kernel: '6.12.43 → 6.12.57',
  });
});

test('a comparison as a person reads it, the gravest first', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const before = [
    ...one('PASS', { observations: [observed('uid', 'PASS', '0')] }),
    judged('6.12.57', 'x', 'FAIL', { reason: 'no' }),
  ];
  const after = [
    ...one('FAIL', { reason: 'uid: expected 0, observed 1', observations: [observed('uid', 'FAIL', '1', '0')] }),
    judged('6.12.57', 'x', 'FAIL', { reason: 'no' }),
    ...retried('FAIL', 'FAIL', 'PASS').map((result) => ({ ...result, case: 'y' })),
    ...names.map((name) => judged('6.12.69', name, 'PASS')),
  ];
  const text = printComparison(compareRuns([...before, judged('6.12.57', 'y', 'PASS')], after), painter(false));
  expect(text).toBe(`regression  bpffs/mount on 6.12.57: PASS → FAIL  uid: expected 0, observed 1
            uid: 0 → 1
unstable    y on 6.12.57: PASS → FAIL, then FAIL in a clone, PASS in a cold guest
new         5 cases on 6.12.69
persistent  x on 6.12.57: FAIL → FAIL  no

1 regression, 1 unstable, 5 new, 1 persistent, 0 as before
`);
});

test('new cases that fail are named, however many cases a kernel adds', () => {
  const added = ['a', 'b', 'c', 'd', 'e'].map((name) => judged('6.12.69', name, 'PASS'));
  const failing = judged('6.12.69', 'f', 'FAIL', { reason: 'uid: expected 0, observed 1' });
  const text = printComparison(compareRuns(one('PASS'), [...one('PASS'), ...added, failing]), painter(false));
  expect(text).toContain('new         f on 6.12.69: FAIL  uid: expected 0, observed 1\n');
  expect(text).toContain('new         5 cases on 6.12.69\n');
});

test('if the kernel observed the same, the expectation changed, and both are printed', () => {
  const before = one('PASS', { observations: [observed('mode', 'PASS', '0o41700')] });
  const after = one('FAIL', { observations: [observed('mode', 'FAIL', '0o41700', '0o40700')] });
  expect(printComparison(compareRuns(before, after), painter(false))).toContain(
    'mode: 0o41700 in both; expected 0o41700 → 0o40700\n',
  );
});
