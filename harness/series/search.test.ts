import { expect, test } from 'vitest';
import { type Found, search } from './search.ts';

const STATES: Readonly<Record<string, string | undefined>> = { g: 'good', b: 'bad', h: 'no end', '?': undefined };
const SETTING = { atOnce: 1, samples: { unchanged: 7, changed: 0 } };

/** One letter for how each item stands. @param corrected what a second look at an item says */
async function searchIn(states: string, setting = SETTING, corrected: Readonly<Record<number, string>> = {}) {
  const looked: number[] = [];
  const items = [...states].map((_, index) => index);
  const look = async (asked: readonly number[], again: boolean) => {
    if (!again) looked.push(...asked);
    return asked.map((item) => STATES[(again ? corrected[item] : undefined) ?? states[item] ?? '?']);
  };
  const found = await search(items, look, setting, new AbortController().signal);
  return { found, changes: changesOf(found), looked };
}

function changesOf({ changes }: Found<number>) {
  return changes.map(({ before, after, unknown }) => [before, after, unknown]);
}

test.each([
  ['bg', [[0, 1, []]]],
  ['bbbbgggg', [[3, 4, []]]],
  ['ggggggggb', [[7, 8, []]]],
  ['b?g', [[0, 2, [1]]]],
  ['bb??gg', [[1, 4, [2, 3]]]],
  ['b????????g', [[0, 9, [1, 2, 3, 4, 5, 6, 7, 8]]]],
  ['b?b?g?g', [[2, 4, [3]]]],
])('%s changes there', async (states, changes) => {
  expect((await searchIn(states)).changes).toEqual(changes);
});

test.each([1, 2])('of 22 releases few are looked at, wherever it changes; %i at once', async (atOnce) => {
  for (let bad = 1; bad < 22; bad++) {
    const { changes, looked } = await searchIn('b'.repeat(bad) + 'g'.repeat(22 - bad), { ...SETTING, atOnce });
    expect(changes).toEqual([[bad - 1, bad, []]]);
    expect(looked.length).toBeLessThanOrEqual(atOnce === 1 ? 7 : 8);
    expect(new Set(looked).size).toBe(looked.length);
  }
});

test('ends that are alike are no proof that nothing changed between them', async () => {
  expect((await searchIn('gggggggggbbbbggggggggg')).changes).toEqual([
    [8, 9, []],
    [12, 13, []],
  ]);
});

test('samples beside a change find another one', async () => {
  const setting = { atOnce: 2, samples: { unchanged: 7, changed: 2 } };
  expect((await searchIn('bbbgggggggbbbbbbggggggg', setting)).changes).toEqual([
    [2, 3, []],
    [9, 10, []],
    [15, 16, []],
  ]);
});

test('what neither end shows is a change of its own', async () => {
  expect((await searchIn('gggghhhhbbbb')).changes).toEqual([
    [3, 4, []],
    [7, 8, []],
  ]);
});

test.each([
  ['???gggbbb???', [[5, 6, []]]],
  ['?b?g', [[1, 3, [2]]]],
])('%s: ends that are undetermined are passed over', async (states, changes) => {
  expect((await searchIn(states)).changes).toEqual(changes);
});

test('nothing is found where nothing changes, or nothing can be said', async () => {
  const alike = await searchIn('g'.repeat(22));
  expect(alike.changes).toEqual([]);
  expect(alike.looked).toHaveLength(9);
  const undetermined = await searchIn('?'.repeat(22));
  expect(undetermined.changes).toEqual([]);
  expect(undetermined.looked).toHaveLength(10);
});

test('what a change rests on is looked at twice, and a second look moves it', async () => {
  expect((await searchIn('bbbbggggg', SETTING, { 4: 'b' })).changes).toEqual([[4, 5, []]]);
  expect((await searchIn('bbbbggggg', SETTING, { 4: '?' })).changes).toEqual([[3, 5, [4]]]);
});

test('an end that was looked at in vain stays among what was seen', async () => {
  const { found } = await searchIn('?gb');
  expect(found.seen).toEqual([
    { item: 0, state: undefined },
    { item: 1, state: 'good' },
    { item: 2, state: 'bad' },
  ]);
});
