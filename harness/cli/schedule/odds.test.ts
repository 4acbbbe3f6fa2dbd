import { expect, test } from 'vitest';
import { printOdds } from './odds.ts';

test.each([
  [1, 10, 'reproduced after 10 seeds'],
  [1, 1, 'reproduced after 1 seed'],
  [0, 300, 'not reproduced with 300 seeds; with 95 % confidence it hits with less than 1 % of the seeds'],
  [0, 2, 'not reproduced with 2 seeds; with 95 % confidence it hits with less than 100 % of the seeds'],
  [0, 0, 'no seed was tried'],
])('%d hits of %d', (hits, runs, text) => expect(printOdds(hits, runs)).toBe(text));
