import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeCpio } from './cpio.ts';
import { buildInitramfs, compileGuest } from './initramfs.ts';

let cache = '';
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'kconform-initramfs-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

test('busybox cpio reads what we write', async () => {
  const archive = writeCpio([
    { name: 'folder', mode: 0o040755 },
    { name: 'folder/file', mode: 0o100644, data: Buffer.from('odd') },
    { name: 'link', mode: 0o120777, data: Buffer.from('folder/file') },
  ]);
  const { stdout } = await execa('busybox', ['cpio', '-t'], { input: archive });
  expect(stdout.split('\n')).toEqual(['folder', 'folder/file', 'link']);
});

test('the same inputs give the same bytes, wherever they are kept', async () => {
  const one = await buildInitramfs({ cache: join(cache, 'one') });
  const two = await buildInitramfs({ cache: join(cache, 'two') });
  expect(two.sha256).toBe(one.sha256);
  expect((await readFile(two.path)).equals(await readFile(one.path))).toBe(true);
});

test('a second call compiles nothing', async () => {
  const made = await buildInitramfs({ cache });
  const before = await stat(made.path);
  // A build publishes a new file; what was found is the one that was there.
  const found = await buildInitramfs({ cache });
  const after = await stat(found.path);
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

test('the guest has its shell, its server, its libraries and its folders', async () => {
  const { path } = await buildInitramfs({ cache });
  const { stdout } = await execa('busybox', ['cpio', '-t'], { input: await readFile(path) });
  const names = stdout.split('\n');
  for (const name of [
    'init',
    'bin/agent',
    'bin/sh',
    'bin/dropbear',
    'bin/dropbearkey',
    'mnt',
    'root/.ssh',
    'etc/passwd',
  ])
    expect(names).toContain(name);
  expect(names.some((name) => /libc\.so/.test(name))).toBe(true);
});

test('the programs need no library', async () => {
  expect((await compileGuest()).length).toBeLessThan(60_000);
});

test('a missing tool is the host’s fault and names its package', async () => {
  vi.stubEnv('PATH', cache);
  try {
    await expect(compileGuest()).rejects.toMatchObject({
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: 'apt-get install gcc linux-libc-dev',
    });
  } finally {
    vi.unstubAllEnvs();
  }
});
