import { expect, test } from 'vitest';
import { isUnstable } from '../expect/judge/standing.ts';
import type { Planned } from '../run/events.ts';
import { judged, published } from './judged.test-support.ts';
import { ambiguousKernels, merge } from './merge.ts';

const planned: Planned = { kernels: [published('6.12.43'), published('6.12.57')], cases: ['a', 'b'] };
const one = (...words: Parameters<typeof judged>) => ({ result: { ...judged(...words), rerun: '' } });

test('parts become one run, and what is in none of them is named', () => {
  const merged = merge([
    { planned: { ...planned, shard: { index: 1, count: 3 } }, cases: [one('6.12.43', 'a', 'PASS')] },
    {
      planned: { ...planned, shard: { index: 3, count: 3 } },
      cases: [one('6.12.57', 'b', 'FAIL'), one('6.12.57', 'a', 'PASS')],
    },
  ]);
  expect(merged.cases.map(({ result }) => [result.kernel.spec, result.case, result.verdict])).toEqual([
    ['6.12.43', 'a', 'PASS'],
    ['6.12.57', 'b', 'FAIL'],
    ['6.12.57', 'a', 'PASS'],
  ]);
  expect(merged.missing).toEqual([{ kernel: published('6.12.43'), case: 'b' }]);
  expect(merged.missingShards).toEqual([2]);
  expect(merged.planned).toEqual(planned);
});

test('a path that meant another image in each part is told', () => {
  const image = (sha256: string) => ({ spec: './bzImage', version: '6.12.80', package: null, sha256 });
  const part = (sha256: string) => ({ planned: { kernels: [published('6.12.43'), image(sha256)], cases: ['a'] } });
  expect(ambiguousKernels([part('one'), part('one'), {}])).toEqual([]);
  expect(ambiguousKernels([part('one'), part('another')])).toEqual(['6.12.80 (./bzImage)']);
});

test('a case that two parts judged is there once, and unstable where they differ', () => {
  const same = merge([{ cases: [one('6.12.43', 'a', 'PASS')] }, { cases: [one('6.12.43', 'a', 'PASS')] }]);
  expect(same.cases).toHaveLength(1);
  expect(same.cases.map(({ result }) => isUnstable(result))).toEqual([false]);
  const other = merge([{ cases: [one('6.12.43', 'a', 'PASS')] }, { cases: [one('6.12.43', 'a', 'FAIL')] }]);
  expect(other.cases.map(({ result }) => [result.verdict, isUnstable(result)])).toEqual([['FAIL', true]]);
});

test('of parts that do not say what they were of nothing can be missing', () => {
  expect(merge([{ cases: [one('6.12.43', 'a', 'PASS')] }])).toMatchObject({ missing: [], missingShards: [] });
});
