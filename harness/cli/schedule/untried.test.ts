import { expect, test } from 'vitest';
import { Untried } from './untried.ts';

test('another search begins with the first seed that was not tried to its end', () => {
  const untried = new Untried({ first: 5, count: 3 });
  expect([untried.take(), untried.take()]).toEqual([5, 6]);
  untried.finish(6);
  expect(untried.first()).toBe(5);
  untried.finish(5);
  expect(untried.first()).toBe(7);
  expect([untried.take(), untried.take()]).toEqual([7, undefined]);
  untried.finish(7);
  expect(untried.first()).toBe(8);
});

test('after the largest seed there is none', () => {
  const untried = new Untried({ first: 0xffff_ffff, count: 1 });
  untried.finish(untried.take() ?? 0);
  expect(untried.first()).toBeUndefined();
});
