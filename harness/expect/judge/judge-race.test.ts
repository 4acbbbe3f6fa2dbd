import { expect, test } from 'vitest';
import type { Expectation } from '../expectation.ts';
import {
  bug,
  expectVerdict,
  judged,
  old,
  right,
  type VerdictRow,
  warning,
  wrongAsDeclared,
} from './judge.test-support.ts';

const race: Partial<Expectation> = { race: { hits: 40, runs: 50, kernel: '6.12.43' }, knownBugs: [bug] };
const splatRace: Partial<Expectation> = {
  race: { hits: 49, runs: 50, kernel: '6.12.43' },
  knownBugs: [{ ...bug, instead: {}, splats: [{ frame: 'f' }] }],
};

const RACES: VerdictRow[] = [
  ['a hit on a kernel with the bug', { fields: race, seen: wrongAsDeclared, version: old }, 'XFAIL', 'the uid is lost'],
  [
    'no hit on a kernel with the bug',
    { fields: race, seen: right, version: old },
    'SKIP',
    'not reproduced in 4 attempts, which proves nothing: the uid is lost',
  ],
  [
    'no hit on a kernel of a branch of which nothing is known',
    { fields: race, seen: right, version: '6.6.100' },
    'SKIP',
    'not reproduced in 4 attempts, which proves nothing: the uid is lost: whether this branch has the fix is not known',
  ],
  ['a hit there', { fields: race, seen: wrongAsDeclared, version: '6.6.100' }, 'XFAIL', 'is not known'],
  ['no hit on a kernel with the fix', { fields: race, seen: right }, 'PASS'],
  [
    'a hit on a kernel with the fix',
    { fields: race, seen: wrongAsDeclared },
    'FAIL',
    'as if ee04cff9ed4d were missing',
  ],
  [
    'another value on a kernel with the bug',
    { fields: race, seen: { root: { uid: 7, gid: 1 }, gone: true }, version: old },
    'FAIL',
  ],
  [
    'a splat as declared',
    { fields: splatRace, seen: right, oracles: { splats: [warning], taints: ['W'] }, version: old },
    'XFAIL',
  ],
  ['no splat', { fields: splatRace, seen: right, version: old }, 'SKIP', 'not reproduced in 2 attempts'],
  ['no splat with the fix', { fields: splatRace, seen: right }, 'PASS'],
];
test.each(RACES)('%s', (_, row, verdict, reason) => expectVerdict(row, verdict, reason));

test('a race that does not show under a schedule proves nothing on any kernel', () => {
  expect(judged({ fields: race, seen: right, schedule: 17 })).toMatchObject({
    verdict: 'SKIP',
    reason: 'not reproduced in 1 attempt with schedule 17, which proves nothing',
  });
  expect(judged({ fields: race, seen: wrongAsDeclared, schedule: 17 }).verdict).toBe('FAIL');
});

test('one run under a schedule is what was tried', () => {
  expect(judged({ fields: race, seen: right, version: old, schedule: 17 }).reason).toBe(
    'not reproduced in 1 attempt with schedule 17, which proves nothing: the uid is lost',
  );
});

test('where the race did not show, nothing says that the bug is gone', () => {
  const { observations } = judged({ fields: race, seen: right, version: old });
  expect(observations.map(({ path, verdict }) => `${path} ${verdict}`)).toEqual([
    'root.uid SKIP',
    'root.gid PASS',
    'gone PASS',
  ]);
});
