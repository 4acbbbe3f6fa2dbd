import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replay, sampleRun } from '../../report/sample-run.ts';
import { ResultsReporter } from './results.ts';
import { readStoredRun } from './stored-run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-stored-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function edit(change: (text: string) => string): Promise<void> {
  const file = join(folder, 'results.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
}

test('a run that was killed says so, and has what was judged', async () => {
  await replay(new ResultsReporter(folder), sampleRun.slice(0, 8));
  const { state, cases } = await readStoredRun(folder);
  expect(state).toBe('running');
  expect(cases.map(({ result }) => result.case)).toEqual(['bpffs/unpin-releases-at-once', 'bpffs/mount-owner']);
});

test('a file of an older kconform is read, a console that is missing is empty', async () => {
  await replay(new ResultsReporter(folder));
  await edit((text) => text.replaceAll(/,\s+"rerun": "[^"]*"/g, '').replace(/"state": "finished",/, ''));
  const alone = join(folder, 'alone/results.json');
  await mkdir(join(folder, 'alone'));
  await writeFile(alone, await readFile(join(folder, 'results.json')));
  const { state, cases } = await readStoredRun(alone);
  expect(state).toBe('finished');
  expect(cases[2]).toMatchObject({
    console: '',
    result: { rerun: 'npx kconform run bpffs/delegate-options --kernel 6.12.57' },
  });
});

test.each([
  ['a case', (text: string) => text.replaceAll('bpffs/mount-owner', '../../etc')],
  ['an absolute case', (text: string) => text.replaceAll('bpffs/mount-owner', '/etc')],
  ['a version', (text: string) => text.replaceAll('6.12.57+deb12-cloud-amd64', '..')],
  ['another schema', (text: string) => text.replace('"schema": 1', '"schema": 2')],
  ['no JSON', (text: string) => text.slice(1)],
])('%s that leads out of the folder, or is not ours, is refused', async (_, change) => {
  await replay(new ResultsReporter(folder));
  await edit(change);
  await expect(readStoredRun(folder)).rejects.toMatchObject({ code: 'KC_RESULTS_FILE', blame: 'host' });
});

test('no results are an error that says what to give', async () => {
  await expect(readStoredRun(join(folder, 'none'))).rejects.toMatchObject({
    code: 'KC_RESULTS_FILE',
    hint: expect.stringContaining('--out'),
  });
});
