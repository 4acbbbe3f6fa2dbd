import { expect, test } from 'vitest';
import { type CaseRecord, confirmed } from './case-record.ts';

const failing = (...paths: string[]): CaseRecord => ({
  verdict: 'FAIL',
  failed: paths.map((path) => ({ path, expected: '1', observed: '2' })),
});
const paths = ({ failed }: CaseRecord) => failed.map(({ path }) => path);

test('an observation that fails both times is confirmed', () => {
  expect(paths(confirmed(failing('a', 'b'), failing('b', 'c')))).toEqual(['b']);
});

test('a case that does not fail again has its second result', () => {
  const second: CaseRecord = { verdict: 'PASS', failed: [] };
  expect(confirmed(failing('a'), second)).toBe(second);
});

test('a crash that repeats stays a failure', () => {
  const crash: CaseRecord = { verdict: 'FAIL', reason: 'panic', broke: true, failed: [] };
  expect(confirmed(crash, crash)).toEqual(crash);
});
