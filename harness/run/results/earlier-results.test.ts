import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replay, sampleRun } from '../../report/sample-run.ts';
import type { Reporter } from '../events.ts';
import { EarlierResults } from './earlier-results.ts';
import { ResultsReporter } from './results.ts';
import { readStoredRun } from './stored-run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-earlier-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const KERNELS = ['6.12.43+deb13-cloud-amd64_6.12.43-1', '6.12.57+deb12-cloud-amd64_6.12.57-1~bpo12+1'];

/** The second run judges one case of the first. */
const smaller = sampleRun.filter(
  (event) => event.type !== 'case-finished' || event.result.case === 'bpffs/mount-owner',
);

async function runInto(events: typeof sampleRun): Promise<string[]> {
  const said: string[] = [];
  const reporters: Reporter[] = [
    new EarlierResults(folder, (message) => said.push(message)),
    new ResultsReporter(folder),
  ];
  for (const event of events) for (const reporter of reporters) await replay(reporter, [event]);
  return said;
}

test('a run into a new folder says nothing', async () => {
  expect(await runInto(sampleRun)).toEqual([]);
  expect(await readdir(folder)).toEqual(expect.arrayContaining(KERNELS));
});

test('a run into the folder of another one says so, and mixes nothing', async () => {
  await runInto(sampleRun);
  await writeFile(join(folder, 'notes.txt'), 'of a person');
  expect(await runInto(smaller)).toEqual([
    `replacing the earlier run in ${folder} (2025-11-24T02:15:26.000Z, 6 results)`,
  ]);
  expect((await readdir(folder)).sort()).toEqual([KERNELS[1], 'notes.txt', 'results.json']);
  expect(await readdir(join(folder, KERNELS[1] ?? '', 'bpffs'))).toEqual(['mount-owner']);
  expect((await readStoredRun(folder)).cases.map(({ result }) => result.case)).toEqual(['bpffs/mount-owner']);
});

test('a file of something else in the folder of a case stays', async () => {
  await runInto(sampleRun);
  const own = join(folder, KERNELS[0] ?? '', 'bpffs/unpin-releases-at-once/notes.txt');
  await writeFile(own, 'of a person');
  await runInto(smaller);
  expect(existsSync(own)).toBe(true);
});

test('results that cannot be read are replaced, which is said', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.json'), '{');
  expect(await runInto(smaller)).toEqual([`replacing ${join(folder, 'results.json')}, which cannot be read`]);
  expect((await readStoredRun(folder)).cases).toHaveLength(1);
});
