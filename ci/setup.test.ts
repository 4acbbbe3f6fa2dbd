/** Set-up on a system without apt-get: a PATH of links to what there is, a copy of the script, and no network. */
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-setup-'));
  await mkdir(join(folder, 'ci'));
  await mkdir(join(folder, 'node_modules'));
  await cp(fileURLToPath(new URL('setup', import.meta.url)), join(folder, 'ci/setup'));
  await writeFile(join(folder, 'package-lock.json'), '{}');
  await writeFile(join(folder, 'node_modules/.kconform-setup'), '');
});
afterEach(() => rm(folder, { recursive: true }));

async function setUpWithout(...programs: readonly string[]) {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const name of await readdir('/usr/bin')) {
    if (!programs.includes(name)) await symlink(join('/usr/bin', name), join(bin, name));
  }
  await rm(join(bin, 'node'), { force: true });
  await symlink(process.execPath, join(bin, 'node'));
  return execa(join(bin, 'bash'), [join(folder, 'ci/setup')], { reject: false, all: true, env: { PATH: bin } });
}

test('says what is missing and what has it', async () => {
  const result = await setUpWithout('apt-get', 'qemu-system-x86_64', 'bison');
  expect(result.all).toBe(`set-up: there is no apt-get here; install these yourself, then run this again:
  qemu-system-x86_64 (Debian has it in qemu-system-x86)
  bison (Debian has it in bison)`);
  expect(result.exitCode).toBe(2);
});

test('goes on when everything is there', async () => {
  const result = await setUpWithout('apt-get');
  expect(result.all).toBe('');
  expect(result.exitCode).toBe(0);
});
