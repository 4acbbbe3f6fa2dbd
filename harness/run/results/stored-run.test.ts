import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replay, sampleRun } from '../../report/sample-run.ts';
import { eventsOf } from './record.ts';
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
  await edit((text) =>
    text
      .replace('"schema": 2', '"schema": 1')
      .replaceAll(/,\s+"rerun": "[^"]*"/g, '')
      .replaceAll(/"id": "[^"]*",\s+"spec"/g, '"spec"')
      .replace(/"state": "finished",/, ''),
  );
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

const NEWER = '6.12.57+deb12-cloud-amd64_6.12.57-1~bpo12+1';
const earlier = (text: string) => text.replace('"schema": 2', '"schema": 1');

test.each([
  ['a case', (text: string) => text.replaceAll('bpffs/mount-owner', '../../etc')],
  ['an absolute case', (text: string) => text.replaceAll('bpffs/mount-owner', '/etc')],
  ['an id', (text: string) => text.replaceAll(NEWER, '..')],
  ['an id with a slash', (text: string) => text.replaceAll(NEWER, 'a/b')],
  ['a version of schema 1', (text: string) => earlier(text).replaceAll('6.12.57+deb12-cloud-amd64', '..')],
  ['another schema', (text: string) => text.replace('"schema": 2', '"schema": 3')],
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

test('a kept file of schema 1 is read: ids come from the package, the planned image, or the release and the path', async () => {
  const { started, state, cases } = await readStoredRun(join(import.meta.dirname, 'golden/schema-1'));
  const image = '6.12.57+deb12-cloud-amd64@9c9c9c9c9c9c';
  const unknown = expect.stringMatching(/^6\.12\.57\+deb12-cloud-amd64@spec-[0-9a-f]{7}$/);
  expect(state).toBe('finished');
  expect(started.planned?.kernels.map(({ id }) => id)).toEqual(['6.12.43+deb13-cloud-amd64_6.12.43-1', NEWER, image]);
  expect(cases.map(({ result }) => [result.kernel.id, result.case, result.verdict])).toEqual([
    ['6.12.43+deb13-cloud-amd64_6.12.43-1', 'bpffs/unpin-releases-at-once', 'XFAIL'],
    [NEWER, 'bpffs/mount-owner', 'PASS'],
    [NEWER, 'bpffs/delegate-options', 'FAIL'],
    [NEWER, 'token/delegation-in-userns', 'XPASS'],
    [NEWER, 'bpffs/fsconfig-string-leak', 'SKIP'],
    [NEWER, 'bpffs/hangs', 'ERROR'],
    // The file has two results of this boot; the later one holds.
    [image, '(boot)', 'FAIL'],
    [unknown, '(boot)', 'PASS'],
  ]);
  expect(cases[1]).toMatchObject({
    console: '[    4.100000] a line of the console\n',
    transcript: '$ mount -t bpf bpffs /mnt\n',
  });
});

test('a run of schema 1 that is written again has schema 2, with its logs in the folders of the ids', async () => {
  const earlierRun = await readStoredRun(join(import.meta.dirname, 'golden/schema-1'));
  const reporter = new ResultsReporter(folder, earlierRun.cases);
  for (const event of eventsOf(earlierRun)) await reporter.on(event);
  expect(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')).schema).toBe(2);
  expect(await readStoredRun(folder)).toEqual(earlierRun);
});
