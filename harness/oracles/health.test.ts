import { expect, test } from 'vitest';
import { judgeHealth } from './health.ts';

const well = { taint: 0, warnings: 0, oopses: 0 };

test('new taint flags are named, old ones are not', () => {
  expect(judgeHealth({ ...well, taint: 4096 }, { ...well, taint: 4096 + 512 }, 1).taints).toEqual(['W']);
});

test.each([
  ['a warning that the console shows', { ...well, warnings: 1 }, 1, []],
  ['a warning that it does not', { ...well, warnings: 1 }, 0, ['warn_count rose by 1, and the console shows 0 splats']],
  ['an oops that it does not', { ...well, oopses: 2 }, 1, ['oops_count rose by 2, and the console shows 1 splats']],
  ['a kernel without counters', { taint: 0, warnings: null, oopses: null }, 0, []],
])('%s', (_, after, splats, counters) => {
  expect(judgeHealth(well, after, splats).counters).toEqual(counters);
});
