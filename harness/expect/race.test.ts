import { expect, test } from 'vitest';
import { attemptsFor } from './race.ts';

test.each([
  [50, 50, 1],
  [49, 50, 2],
  [40, 50, 3],
  [25, 50, 7],
  [5, 50, 44],
  [1, 50, 228],
])('a race that shows in %i of %i runs is run %i times', (hits, runs, attempts) => {
  expect(attemptsFor({ hits, runs, kernel: '6.12.96' })).toBe(attempts);
});
