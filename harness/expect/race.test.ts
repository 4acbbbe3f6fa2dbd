import { expect, test } from 'vitest';
import { attemptsFor } from './race.ts';

test.each([
  [50, 50, 2],
  [49, 50, 2],
  [40, 50, 4],
  [25, 50, 8],
  [5, 50, 46],
  [1, 50, 238],
])('a race that shows in %i of %i runs is run %i times', (hits, runs, attempts) => {
  expect(attemptsFor({ hits, runs, kernel: '6.12.96' })).toBe(attempts);
});
