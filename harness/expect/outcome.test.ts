import { expect, test } from 'vitest';
import { exitCodeOf } from './outcome.ts';

test.each([
  [[], 2],
  [['PASS', 'XFAIL', 'SKIP'], 0],
  [['PASS', 'XPASS'], 1],
  [['FAIL', 'ERROR'], 2],
] as const)('%j earns exit code %d', (verdicts, code) => {
  expect(exitCodeOf(verdicts.map((verdict) => ({ verdict })))).toBe(code);
});
