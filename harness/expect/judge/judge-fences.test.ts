import { expect, test } from 'vitest';
import { byConfig, byVersion } from '../matchers/matchers.ts';
import { expectVerdict, judged, old, right, type VerdictRow } from './judge.test-support.ts';

const NEEDS: readonly VerdictRow[] = [
  [
    'an unmet need',
    { fields: { needs: { config: ['DEBUG_KMEMLEAK'] } }, seen: right },
    'SKIP',
    'CONFIG_DEBUG_KMEMLEAK',
  ],
  [
    'a need met by a module only',
    { fields: { needs: { config: ['X'] } }, seen: right, config: new Map([['X', 'm']]) },
    'SKIP',
  ],
  [
    'a need under an unknown config',
    { fields: { needs: { config: ['X'] } }, seen: right, config: null },
    'SKIP',
    'config of this kernel is unknown',
  ],
  ['a met need', { fields: { needs: { config: ['X'] } }, seen: right, config: new Map([['CONFIG_X', 'y']]) }, 'PASS'],
  [
    'a version before the fence',
    { fields: { versions: ['6.12.54'] }, seen: right, version: old },
    'SKIP',
    '6.12.54 or later',
  ],
  ['a version behind the fence', { fields: { versions: ['6.12.54'] }, seen: right }, 'PASS'],
];
test.each(NEEDS)('%s', (_, row, verdict, reason) => expectVerdict(row, verdict, reason));

const since = byVersion({ '6.8': 'a', '6.12.54': 'b', '6.17.4': 'b', '6.18': 'b', '7.2-rc3': 'd' });
test.each([
  ['6.8', 'a'],
  ['6.12', 'a'],
  ['6.12.53', 'a'],
  ['6.12.54-rc1', 'a'],
  ['6.12.43', 'a'],
  ['6.12.57', 'b'],
  ['6.13.9', 'a'],
  ['6.17.3', 'a'],
  ['6.17.4', 'b'],
  ['6.18-rc7', 'a'],
  ['6.19', 'b'],
  ['7.2-rc2', 'b'],
  ['7.2-rc3', 'd'],
  ['7.2', 'd'],
  ['7.3.4', 'd'],
])('byVersion on %s is %s', (version, seen) => {
  expect(judged({ fields: { outcome: { v: since } }, seen: { v: seen }, version }).verdict).toBe('PASS');
  // Whether 6.13 got what 6.12.54 and 6.17.4 did is not known.
  expect(judged({ fields: { outcome: { v: since } }, seen: { v: seen === 'a' ? 'b' : 'a' }, version }).verdict).toBe(
    version === '6.13.9' ? 'XFAIL' : 'FAIL',
  );
});

test.each([
  ['6.9', '6.12.54', '6.17.4'],
  ['6.8.1', '6.9'],
  ['6.6.15', '6.6.14', '6.7.2', '6.8'],
])('versions before which a case says nothing: %s against %s', (version, ...versions) => {
  const before = version === '6.8.1' || version === '6.9';
  expect(judged({ fields: { versions }, seen: right, version }).verdict).toBe(before ? 'SKIP' : 'PASS');
});

test('a version that no fence speaks of is an ERROR of the case', () => {
  const judgement = judged({ fields: { outcome: { v: since } }, seen: { v: 'a' }, version: '6.6.1' });
  expect(judgement).toMatchObject({ verdict: 'ERROR', blame: 'case' });
});

test.each([
  [new Map([['BTF', 'y']]), 1, 'PASS'],
  [new Map([['BTF', 'y']]), 2, 'FAIL'],
  [new Map<string, string>(), 2, 'PASS'],
  [null, 1, 'SKIP'],
])('byConfig under %o, observing %s', (config, v, verdict) => {
  expect(judged({ fields: { outcome: { v: byConfig('BTF', 1, 2) } }, seen: { v }, config }).verdict).toBe(verdict);
});
