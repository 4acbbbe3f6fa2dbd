import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachePath, ensureFolder, publishFile, storageError } from './folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-folder-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('the cache is where XDG_CACHE_HOME says, unless that is empty or relative', () => {
  vi.stubEnv('XDG_CACHE_HOME', '/var/tmp/x');
  expect(cachePath('kernels', 'a')).toBe('/var/tmp/x/kconform/kernels/a');
  for (const value of ['', 'relative']) {
    vi.stubEnv('XDG_CACHE_HOME', value);
    expect(cachePath()).toBe(join(homedir(), '.cache/kconform'));
  }
});

test('folders are made for their owner alone', async () => {
  const made = await ensureFolder(join(folder, 'a/b'));
  expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test.each(['file', 'file/below', 'file/further/below'])(
  'a file in the way of %s is named, with the way out',
  async (name) => {
    await writeFile(join(folder, 'file'), '');
    await expect(ensureFolder(join(folder, name))).rejects.toMatchObject({
      code: 'KC_CACHE_UNWRITABLE',
      blame: 'host',
      message: expect.stringContaining(join(folder, name)),
      hint: expect.stringContaining('XDG_CACHE_HOME'),
    });
  },
);

test('a file system that makes no folders is named, and not tried for ever', async () => {
  await expect(ensureFolder('/proc/kconform/kernels')).rejects.toMatchObject({ code: 'KC_CACHE_UNWRITABLE' });
});

test('a file that could not be written whole leaves the old one, and nothing beside it', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  const failed = publishFile(path, async (temporary) => {
    await writeFile(temporary, 'ne');
    throw Object.assign(new Error('write'), { code: 'ENOSPC' });
  });
  await expect(failed).rejects.toMatchObject({ code: 'KC_DISK_FULL' });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['file']);
});

test('an error that is not about storage stays what it is', () => {
  const error = new TypeError('a mistake');
  expect(storageError(error, folder)).toBe(error);
});
