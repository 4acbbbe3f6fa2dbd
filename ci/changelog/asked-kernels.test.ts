import { expect, test } from 'vitest';
import { published } from '../../harness/series/judged.test-support.ts';
import { newestOf, withoutAudit } from './asked-kernels.ts';

const asked = ['6.12.118', '6.12.57', '6.12.90'].map((number) => published(number));

test('the newest kernel is that of the highest version, not the last one that was asked', () => {
  expect(newestOf(asked)).toBe(asked[0]);
  expect(newestOf([])).toBeUndefined();
});

test('a kernel without an audit is found', () => {
  expect(withoutAudit(asked, [{ kernel: published('6.12.57') }])).toEqual([asked[0], asked[2]]);
});
