import { expect, it, test } from 'vitest';
import type { SuiteTestFields } from './declaration.ts';
import { likeKernel, newSkips, newSkipsText, withProblem } from './judge-by-list.ts';
import type { ListedTest } from './list.ts';

const LISTED: ListedTest = { subtests: ['a', 'b', 'c'], skipped: ['c'], mayBeSkipped: false };
const all = (status: string) => ({ a: status, b: status, c: status });

const rows: readonly (readonly [string, ListedTest | undefined, SuiteTestFields, object, unknown])[] = [
  ['nothing is skipped', LISTED, {}, { status: 'pass', subtests: all('pass') }, []],
  ['what was skipped before', LISTED, {}, { status: 'pass', subtests: { ...all('pass'), c: 'skip' } }, []],
  ['what passed before', LISTED, {}, { status: 'pass', subtests: { ...all('pass'), a: 'skip' } }, ['a']],
  ['the same beside a failure', LISTED, {}, { status: 'fail', subtests: { ...all('fail'), a: 'skip' } }, ['a']],
  ['all of it', LISTED, {}, { status: 'skip', subtests: all('skip') }, 'all'],
  ['all of it, without subtests', LISTED, {}, { status: 'skip', subtests: {} }, 'all'],
  ['all of it, as before', { ...LISTED, mayBeSkipped: true }, {}, { status: 'skip', subtests: {} }, []],
  [
    'a subtest that the list does not have',
    LISTED,
    {},
    { status: 'pass', subtests: { ...all('pass'), d: 'skip' } },
    [],
  ],
  [
    'a subtest that skips under another name',
    LISTED,
    {},
    { status: 'pass', subtests: { a: 'pass', 'test 2': 'skip', c: 'skip' } },
    ['test 2'],
  ],
  [
    'lines of a source that moved',
    { subtests: ['a.c:100', 'a.c:120'], skipped: ['a.c:120'], mayBeSkipped: false },
    {},
    { status: 'pass', subtests: { 'a.c:102': 'pass', 'a.c:122': 'skip' } },
    [],
  ],
  [
    'the same, which the suite file allows',
    LISTED,
    { skips: [{ reason: 'x', subtests: ['test 2'] }] },
    { status: 'pass', subtests: { a: 'pass', 'test 2': 'skip', c: 'skip' } },
    [],
  ],
  [
    'a subtest that is not shown, beside one that was skipped before',
    LISTED,
    {},
    { status: 'pass', subtests: { a: 'pass', c: 'skip' } },
    [],
  ],
  [
    'what the suite file allows',
    LISTED,
    { skips: [{ reason: 'x', subtests: ['a'] }] },
    { status: 'pass', subtests: all('skip') },
    ['b'],
  ],
  [
    'all of it, which the suite file allows',
    LISTED,
    { skips: [{ reason: 'x' }] },
    { status: 'skip', subtests: {} },
    [],
  ],
  [
    'a known failure allows no skip',
    LISTED,
    { known: [{ reason: 'x', cause: 'kernel', subtests: ['a'] }] },
    { status: 'pass', subtests: { ...all('pass'), a: 'skip' } },
    ['a'],
  ],
  ['a list of names alone', { subtests: ['a'], mayBeSkipped: false }, {}, { status: 'skip', subtests: {} }, []],
  ['a test that is not in the list', undefined, {}, { status: 'skip', subtests: {} }, []],
];

test.each(rows)('new skips: %s', (_, listed, fields, observations, expected) => {
  expect(newSkips(listed, fields, { ...observations })).toEqual(expected);
});

it('makes a failure of a pass and of a skip, and leaves the reason of another failure', () => {
  const text = newSkipsText(['a'], '6.12.118');
  expect(text).toBe('a subtest is skipped that was not on 6.12.118: a');
  expect(newSkipsText(['a', 'b', 'c', 'd'], '6.12.118')).toBe(
    '4 subtests are skipped that were not on 6.12.118: a, b, c, …',
  );
  for (const status of ['pass', 'skip']) {
    expect(withProblem({ status, problems: [], reason: 'all subtests are skipped' }, text)).toEqual({
      status: 'fail',
      problems: [text],
      reason: text,
    });
  }
  const failed = { status: 'broken', problems: ['x'], reason: 'no room' };
  expect(withProblem(failed, text)).toEqual({ ...failed, problems: ['x', text] });
});

test.each([
  ['6.12.43+deb12-cloud-amd64', true],
  ['6.12.120+deb13-cloud-amd64', true],
  ['6.12.118+deb13-amd64', false],
  ['6.12.118+deb13-rt-amd64', false],
  ['6.12.118', false],
  ['6.18.3+deb14-cloud-amd64', false],
  ['6.1.12+deb12-cloud-amd64', false],
  ['unknown', false],
])('a kernel like the one of the list: %s: %s', (release, is) => {
  const list = ['6.12.118+deb13-cloud-amd64'];
  expect(likeKernel(release, list)).toBe(is ? list[0] : undefined);
});

test('kernels without a flavour are alike on one branch', () => {
  expect(likeKernel('6.12.9', ['6.1.2', '6.12.118'])).toBe('6.12.118');
  expect(likeKernel('6.12.9-rc1', ['6.12.118'])).toBeUndefined();
});
