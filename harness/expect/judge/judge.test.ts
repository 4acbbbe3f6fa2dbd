import { expect, test } from 'vitest';
import type { KnownBug } from '../expectation.ts';
import { absent, anyOf } from '../matchers/matchers.ts';
import { print } from '../matchers/print.ts';
import {
  broken,
  bug,
  expectVerdict,
  judged,
  old,
  right,
  type VerdictRow,
  wrongAsDeclared,
} from './judge.test-support.ts';

const race: KnownBug = { ...bug, instead: { gone: anyOf(true, false) } };
const both: KnownBug = { ...bug, instead: { 'root.uid': 0, gone: false } };
const VALUES: readonly VerdictRow[] = [
  ['as expected', { seen: right }, 'PASS'],
  ['a wrong value', { seen: { ...right, gone: false } }, 'FAIL', 'gone: expected true, observed false'],
  ['a missing observation', { seen: { root: right.root } }, 'FAIL', 'gone: expected true, observed (nothing)'],
  ['a surplus observation', { seen: { ...right, more: 1 } }, 'FAIL', 'more: expected (nothing), observed 1'],
  ['nothing observed', { seen: {} }, 'ERROR', 'observed nothing'],
  ['nothing observed, nothing expected', { fields: { outcome: {} }, seen: {} }, 'ERROR', 'observed nothing'],
  ['only absences expected', { fields: { outcome: { a: absent() } }, seen: {} }, 'ERROR', 'observed nothing'],
  ['no end and no error', { seen: undefined }, 'ERROR', 'did not end'],

  [
    'a declared bug, fix lacking',
    { fields: { knownBugs: [bug] }, seen: wrongAsDeclared, version: old },
    'XFAIL',
    'lost',
  ],
  ['a declared bug, fix present', { fields: { knownBugs: [bug] }, seen: wrongAsDeclared }, 'FAIL', 'ee04cff9ed4d were'],
  [
    'a declared bug gone, fix lacking',
    { fields: { knownBugs: [bug] }, seen: right, version: old },
    'XPASS',
    'not seen',
  ],
  ['a declared bug gone, fix present', { fields: { knownBugs: [bug] }, seen: right }, 'PASS'],
  [
    'another wrong value',
    { fields: { knownBugs: [bug] }, seen: { ...right, root: { uid: 7, gid: 1 } }, version: old },
    'FAIL',
  ],
  [
    'a further failure',
    { fields: { knownBugs: [bug] }, seen: { ...wrongAsDeclared, gone: false }, version: old },
    'FAIL',
    'gone',
  ],
  ['half of a declared bug', { fields: { knownBugs: [both] }, seen: wrongAsDeclared, version: old }, 'XPASS'],
  ['a race declared, seen', { fields: { knownBugs: [race] }, seen: { ...right, gone: false }, version: old }, 'XFAIL'],
  ['a race declared, not seen', { fields: { knownBugs: [race] }, seen: right, version: old }, 'PASS'],
  [
    'fixed nowhere',
    { fields: { knownBugs: [{ ...bug, fix: null, fixedIn: [] }] }, seen: wrongAsDeclared, version: '6.18' },
    'XFAIL',
  ],
  ['fixed nowhere, gone', { fields: { knownBugs: [{ ...bug, fixedIn: [] }] }, seen: right, version: '7.2' }, 'XPASS'],
  [
    'a bug that names no observation',
    { fields: { knownBugs: [{ ...bug, instead: { 'root.iud': 0 } }] }, seen: right },
    'ERROR',
    'root.iud',
  ],
  [
    'a bug declared for a whole branch',
    {
      fields: { knownBugs: [{ ...bug, instead: { root: { uid: 0, gid: 1 } } }] },
      seen: wrongAsDeclared,
      version: old,
    },
    'XFAIL',
  ],
  [
    'a bug that leaves a member out',
    {
      fields: { knownBugs: [{ ...bug, instead: { root: { gid: 1 } } }] },
      seen: { ...right, root: { gid: 1 } },
      version: old,
    },
    'XFAIL',
  ],
];
test.each(VALUES)('%s', (_, row, verdict, reason) => expectVerdict(row, verdict, reason));

test('the observations of a scenario after which the guest hung are in the result', () => {
  const { verdict, observations } = judged({ seen: { ...right, gone: false }, error: broken('kernel') });
  expect(verdict).toBe('FAIL');
  expect(observations).toContainEqual({ path: 'gone', verdict: 'FAIL', expected: 'true', observed: 'false' });
});

test('a name that no errno has is an ERROR of the case, unless something else fails as well', () => {
  const outcome = { errno: 'EINVL', uid: 0 };
  expect(judged({ fields: { outcome }, seen: { errno: 'EINVAL', uid: 0 } })).toMatchObject({
    verdict: 'ERROR',
    blame: 'case',
    reason: 'errno: expected EINVL, which is not the name of an errno; observed EINVAL',
  });
  expect(judged({ fields: { outcome }, seen: { errno: 'EINVAL', uid: 1 } })).toMatchObject({ verdict: 'FAIL' });
  expect(judged({ fields: { outcome }, seen: { errno: null, uid: 0 } })).toMatchObject({ verdict: 'FAIL' });
  expect(judged({ fields: { outcome: { type: 'EXT4' } }, seen: { type: 'EROFS' } })).toMatchObject({
    verdict: 'ERROR',
  });
  expect(judged({ fields: { outcome: { type: 'EPERM' } }, seen: { type: 'EROFS' } })).toMatchObject({
    verdict: 'FAIL',
  });
});

test('each observation has its own verdict, and the fix is named', () => {
  const judgement = judged({ fields: { knownBugs: [bug] }, seen: wrongAsDeclared, version: old });
  expect(judgement.fix).toBe('ee04cff9ed4d');
  expect(judgement.observations).toEqual([
    { path: 'root.uid', verdict: 'XFAIL', expected: '65534', observed: '0' },
    { path: 'root.gid', verdict: 'PASS', expected: '1', observed: '1' },
    { path: 'gone', verdict: 'PASS', expected: 'true', observed: 'true' },
  ]);
});

test.each([{ $matcher: 'zzz' }, { $matcher: 'anyOf', $with: [1, 2] }, { $matcher: 'absent', more: 1 }, { $with: 1 }])(
  'an observation that looks like the matcher %j is data: it equals itself and nothing else',
  (x) => {
    expect(judged({ fields: { outcome: { x } }, seen: { x: { ...x } } }).verdict).toBe('PASS');
    const judgement = judged({ fields: { outcome: { x: 1, y: 2 } }, seen: { x, y: 2 } });
    expect(judgement).toMatchObject({ verdict: 'FAIL', blame: 'kernel' });
    expect(judgement.observations.every(({ observed }) => typeof observed === 'string')).toBe(true);
    expect(judgement.reason).toBe(`x: expected 1, observed ${print(x)}`);
    const bugged = { outcome: { x: 1 }, knownBugs: [{ ...bug, instead: { x: anyOf(3, 4) } }] };
    expect(judged({ fields: bugged, seen: { x }, version: old }).verdict).toBe('FAIL');
  },
);
