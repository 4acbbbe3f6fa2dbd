import { expect, test } from 'vitest';
import type { Standing } from '../expect/judge/standing.ts';
import { bisect, rangeBetween } from './bisect.ts';

/** g, b and ? for how each item stands; tells the neighbours by index, and what was looked at. */
async function search(standings: string) {
  const looked: number[] = [];
  const names: Record<string, Standing> = { g: 'good', b: 'bad', '?': 'unknown' };
  const items = [...standings].map((_, index) => index);
  const first = standings.startsWith('g') ? 'good' : 'bad';
  const found = await bisect(items, first, async (item) => {
    looked.push(item);
    return names[standings[item] ?? '?'] ?? 'unknown';
  });
  return { found: [found.before, found.after, found.unknown], looked };
}

test.each([
  ['bg', [0, 1, []]],
  ['bbbbgggg', [3, 4, []]],
  ['gb', [0, 1, []]],
  ['ggggggggb', [7, 8, []]],
  ['b?g', [0, 2, [1]]],
  ['bb??gg', [1, 4, [2, 3]]],
  ['b????????g', [0, 9, [1, 2, 3, 4, 5, 6, 7, 8]]],
  ['b?b?g?g', [2, 4, [3]]],
])('%s turns there', async (standings, neighbours) => {
  expect((await search(standings)).found).toEqual(neighbours);
});

test('of 22 releases at most five are looked at between the ends, wherever it turns', async () => {
  for (let bad = 1; bad < 22; bad++) {
    const { found, looked } = await search('b'.repeat(bad) + 'g'.repeat(22 - bad));
    expect(found).toEqual([bad - 1, bad, []]);
    expect(looked.length).toBeLessThanOrEqual(5);
    expect(new Set(looked).size).toBe(looked.length);
  }
});

const kernel = (version: string) => ({
  id: version,
  spec: version,
  version,
  package: `linux-image-${version}=${version.split('+')[0]}-1`,
});

test('the kernels between two are of their flavour', () => {
  const rt = rangeBetween(kernel('6.12.57+deb12-rt-amd64'), kernel('6.12.118+deb13-rt-amd64'));
  expect(rt).toBe('6.12.57..6.12.118:rt');
  const cloud = rangeBetween(kernel('6.12.57+deb12-cloud-amd64'), kernel('6.12.118+deb13-cloud-amd64'));
  expect(cloud).toBe('6.12.57..6.12.118');
  expect(rangeBetween(kernel('6.12.57+deb12-cloud-amd64'), kernel('6.12.118+deb13-rt-amd64'))).toBeUndefined();
});
