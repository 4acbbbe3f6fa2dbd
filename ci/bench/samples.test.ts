import { expect, test } from 'vitest';
import { privateMiB, processorMs, quantile, Samples } from './samples.ts';

test('medians and percentiles fall between the nearest values', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([10, 20, 30], 0.9)).toBe(28);
  const samples = new Samples();
  for (const value of [3, 1, 2]) samples.add('a', value);
  expect(samples.summaries()).toEqual([{ name: 'a', median: 2, low: 1.2, high: 2.8, n: 3 }]);
});

test('processor time grows with work, and memory with what is kept', () => {
  const before = { ms: processorMs(process.pid), mib: privateMiB(process.pid) };
  const kept = Buffer.alloc(64 * 1024 * 1024, 1);
  expect(processorMs(process.pid)).toBeGreaterThan(before.ms);
  expect(privateMiB(process.pid) - before.mib).toBeGreaterThan(32);
  expect(kept.length).toBe(64 * 1024 * 1024);
});
