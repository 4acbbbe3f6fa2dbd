import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meansKernels } from './compare-kernels.ts';
import { kconform } from './end-to-end/command-line.test-support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-compare-'));
  for (const name of ['6.12.57', '6.12.118', 'today']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'today/results.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  [['6.12.57', '6.12.118'], true],
  [['6.12.57', './no-such-image'], true],
  [['results.json', 'other.json'], false],
] as const)('%j: kernels: %s', (words, are) => expect(meansKernels(words)).toBe(are));

test('folders that are called like versions are folders, and it is said', async () => {
  const result = await kconform(['compare', '6.12.57', '6.12.118'], { cwd: folder });
  expect(result.all).toContain('6.12.57 is the path of that name here, not the kernel');
  expect(result.all).toMatch(/cannot read .*6\.12\.57\/results\.json/);
  expect(result.exitCode).toBe(2);
});

test.each([
  [['6.12.57', '6.12.43'], /6\.12\.57 is results and 6\.12\.43 is a kernel\n.*6\.12\.57 is a path here/],
  [['today', '6.12.43'], /today is results and 6\.12\.43 is a kernel\n.*name two results or two kernels/],
  [['today', 'today', 'mounts'], /mounts is for two kernels, and these are results/],
  [['today', 'today', '--fresh'], /--fresh is for two kernels/],
])('%j gets one clear error', async (words, message) => {
  const result = await kconform(['compare', ...words], { cwd: folder });
  expect(result.all).toMatch(message);
  expect(result.exitCode).toBe(2);
});

test.each([
  [['6.12.118', '6.12.118'], 'are the same kernel'],
  [['6.12.43..6.12.57', '6.12.118'], '"6.12.43..6.12.57" is not one kernel'],
])('%j is refused before anything runs', async (words, message) => {
  const result = await kconform(['compare', ...words]);
  expect(result.all).toContain(message);
  expect(result.exitCode).toBe(2);
});
