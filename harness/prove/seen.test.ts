import { expect, test } from 'vitest';
import { confirmed, type Seen } from './seen.ts';

const failing = (...paths: string[]): Seen => ({
  verdict: 'FAIL',
  failed: paths.map((path) => ({ path, expected: '1', observed: '2' })),
});
const paths = ({ failed }: Seen) => failed.map(({ path }) => path);

test('what fails in both looks is confirmed', () => {
  expect(paths(confirmed(failing('a', 'b'), failing('b', 'c')))).toEqual(['b']);
});

test('what does not fail again is what the second look says', () => {
  const second: Seen = { verdict: 'PASS', failed: [] };
  expect(confirmed(failing('a'), second)).toBe(second);
});

test('a crash that comes again stays a failure', () => {
  const crash: Seen = { verdict: 'FAIL', reason: 'panic', broke: true, failed: [] };
  expect(confirmed(crash, crash)).toEqual(crash);
});
