import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withOutFolder } from './out-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-out-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const OWN = join(import.meta.dirname, 'out-folder.ts');
const HOLD = `import { withOutFolder } from ${JSON.stringify(OWN)};
  await withOutFolder(process.argv[1], async () => { console.log('held'); await new Promise((end) => setTimeout(end, 60_000)); });`;

async function holder() {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLD, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a second run with the same folder is refused as long as the first lives, and names it', async () => {
  const child = await holder();
  const second = withOutFolder(folder, async () => 'ran');
  await expect(second).rejects.toMatchObject({
    code: 'KC_OUT_IN_USE',
    blame: 'host',
    message: expect.stringMatching(new RegExp(`${folder}: process ${child.pid} `)),
    hint: expect.stringContaining('--out'),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await withOutFolder(folder, async () => 'ran')).toBe('ran');
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that cannot be had is an error of the host that speaks of --out', async () => {
  await writeFile(join(folder, 'file'), '');
  for (const path of [join(folder, 'file/out'), join(folder, 'file'), '/proc/kconform/out']) {
    await expect(withOutFolder(path, async () => 'ran')).rejects.toMatchObject({
      code: 'KC_RESULTS_NOT_WRITTEN',
      blame: 'host',
      hint: expect.stringContaining('--out'),
    });
  }
});

test('a run that writes nothing leaves no new folder, and keeps one that was there', async () => {
  const fresh = join(folder, 'fresh');
  await withOutFolder(fresh, async () => undefined);
  expect(existsSync(fresh)).toBe(false);
  await mkdir(fresh);
  await withOutFolder(fresh, async () => undefined);
  expect(existsSync(fresh)).toBe(true);
});
