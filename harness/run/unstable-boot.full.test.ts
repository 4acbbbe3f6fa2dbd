import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { cachePath } from '../cache/folder.ts';
import { kconform } from '../cli/end-to-end/command-line.test-support.ts';
import { failingQemu } from '../guest/template/failing-qemu.test-support.ts';

const qemu = failingQemu();
let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A cache that shares all but what boots leave. */
async function ownCache(): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'kc-unstable-'));
  await mkdir(join(folder, 'kconform'));
  for (const name of await readdir(cachePath()))
    if (name === 'accelerator.json') await cp(cachePath(name), join(folder, 'kconform', name));
    else if (!['outcomes', 'templates'].includes(name)) await symlink(cachePath(name), join(folder, 'kconform', name));
  return folder;
}

test('a boot that failed before another one did not is in the results, and on the terminal', async () => {
  const env = { XDG_CACHE_HOME: await ownCache(), PATH: process.env.PATH ?? '' };
  const args = ['run', '(boot)', '--cpus', '2', '--accel', 'tcg', '--out', join(folder, 'out')];
  await qemu.break(1);
  const first = await kconform(args, { env });
  const text = 'unstable: a boot with 2 CPUs under emulation failed (Kernel panic - not syncing:';
  expect(first.stdout).toContain(text);
  expect(first.exitCode).toBe(0);
  const { results } = JSON.parse(await readFile(join(folder, 'out/results.json'), 'utf8'));
  expect(results).toMatchObject([{ case: '(boot)', verdict: 'PASS', unstable: true, retries: [{ verdict: 'FAIL' }] }]);
  // The template is there now, and the record of its boot with it.
  expect((await kconform(args, { env })).stdout).toContain(text);
});
