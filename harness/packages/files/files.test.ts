import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileArchive } from './files.ts';

let folder: string;
let cache: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-files-'));
  cache = join(folder, 'cache');
  await mkdir(join(folder, 'guest/opt/empty'), { recursive: true });
  await writeFile(join(folder, 'guest/opt/tool'), '#!/bin/sh\n');
  await chmod(join(folder, 'guest/opt/tool'), 0o750);
  await chmod(join(folder, 'guest/opt/empty'), 0o1777);
  await symlink('tool', join(folder, 'guest/opt/link'));
  await writeFile(join(folder, 'data'), Buffer.from([0, 255, 10]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function listed(path: string): Promise<string[]> {
  const { stdout } = await execa('busybox', ['cpio', '-tv'], { inputFile: path });
  return stdout.split('\n').map((line) => line.replace(/^(\S+) .*\d\d:\d\d:\d\d (.*)$/, '$1 $2'));
}

test('a folder keeps modes, links and empty folders, and a file may get a mode', async () => {
  const files = [
    { from: join(folder, 'guest'), to: '/' },
    { from: join(folder, 'data'), to: '/srv/one/data', mode: 0o600 },
  ];
  const archive = await fileArchive(files, { cache });
  expect(await listed(archive.path)).toEqual([
    'drwxrwxrwt opt/empty',
    'lrwxrwxrwx opt/link -> tool',
    '-rwxr-x--- opt/tool',
    'drwxr-xr-x srv',
    'drwxr-xr-x srv/one',
    '-rw------- srv/one/data',
  ]);
  expect(await fileArchive(files, { cache })).toEqual(archive);
});

test('other bytes, modes and places give another archive', async () => {
  const from = join(folder, 'data');
  const hashes = [
    await fileArchive([{ from, to: '/srv/a' }], { cache }),
    await fileArchive([{ from, to: '/srv/b' }], { cache }),
    await fileArchive([{ from, to: '/srv/a', mode: 0o755 }], { cache }),
  ].map(({ sha256 }) => sha256);
  expect(new Set(hashes).size).toBe(3);
});

test.each([
  ['none', '/srv/x', 'cannot read .*none: ENOENT'],
  ['data', 'srv/x', 'srv/x is not an absolute path'],
  ['data', '/../x/..', 'is a folder of the guest'],
  ['data', '/etc/', 'is a folder of the guest'],
  ['data', '/tmp/data', 'would not be seen in the guest'],
  ['data', '/usr/bin/../bin/sh', 'is a program of kconform'],
  ['guest', '/run', 'would not be seen in the guest'],
])('%s at %s is refused', async (name, to, message) => {
  await expect(fileArchive([{ from: join(folder, name), to }], { cache })).rejects.toMatchObject({
    code: 'KC_MACHINE_FILE',
    blame: 'case',
    message: expect.stringMatching(message),
  });
});
