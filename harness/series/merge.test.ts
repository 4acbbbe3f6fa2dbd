import { expect, test } from 'vitest';
import { isUnstable } from '../expect/judge/standing.ts';
import { imageId } from '../kernels/kernel-id.ts';
import type { Planned } from '../run/events.ts';
import { judged, published } from './judged.test-support.ts';
import { ambiguousKernels, casesOnSeveralMachines, merge } from './merge.ts';

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

test('a case that parts ran on different machines is named, and the boot of several machines is not', () => {
  const on = (name: string, cpus: number) => ({ cases: [one('6.12.43', name, 'PASS', { machine: { cpus } })] });
  expect(casesOnSeveralMachines([on('a', 1), on('a', 2), on('b', 1), on('b', 1)])).toEqual(['a']);
  expect(casesOnSeveralMachines([on('(boot)', 1), on('(boot)', 2)])).toEqual([]);
});

test('a path that was another image in each part is reported', () => {
  const image = (sha256: string) => ({
    id: imageId('6.12.80', sha256),
    spec: './bzImage',
    version: '6.12.80',
    package: null,
  });
  const part = (sha256: string) => ({
    planned: { kernels: [published('6.12.43'), image(sha256)], cases: ['a'] },
    cases: [],
  });
  expect(ambiguousKernels([part('one'), part('one'), { cases: [] }])).toEqual([]);
  expect(ambiguousKernels([part('one'), part('another')])).toEqual(['./bzImage']);
});

test('a package with different bytes in two parts is reported', () => {
  const part = (sha256: string) => {
    const { result } = one('6.12.43', 'a', 'PASS');
    return { cases: [{ result: { ...result, kernel: { ...result.kernel, sha256 } } }] };
  };
  const { package: name } = published('6.12.43');
  expect(ambiguousKernels([part('one'), part('one'), { cases: [one('6.12.43', 'a', 'PASS')] }])).toEqual([]);
  expect(ambiguousKernels([part('one'), part('another')])).toEqual([name]);
});

test('two kernels of one release are both there after a merge', () => {
  const published43 = one('6.12.43', 'a', 'PASS');
  const { version } = published43.result.kernel;
  const copy = { id: imageId(version, 'f'.repeat(64)), spec: './vmlinux', version, package: null };
  const rebuilt = { result: { ...published43.result, kernel: copy, verdict: 'FAIL' as const } };
  const merged = merge([
    { planned: { kernels: [published43.result.kernel, copy], cases: ['a', 'b'] }, cases: [published43] },
    { cases: [rebuilt] },
  ]);
  expect(merged.cases.map(({ result }) => [result.kernel.id, result.verdict])).toEqual([
    [published43.result.kernel.id, 'PASS'],
    [copy.id, 'FAIL'],
  ]);
  expect(merged.missing.map(({ kernel }) => kernel.id)).toEqual([published43.result.kernel.id, copy.id]);
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
