import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { obtainDisks } from './obtain.ts';
import type { DiskRequest } from './request.ts';

let folder = '';
let cache = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-disks-'));
  cache = join(folder, 'cache');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function one(request: DiskRequest) {
  const [disk] = await obtainDisks([request], { cache });
  if (disk === undefined) throw new TypeError('no disk');
  return disk;
}

async function allocatedBytes(path: string): Promise<number> {
  return (await stat(path)).blocks * 512;
}

test('an empty disk is a sparse file that nobody can write', async () => {
  const { path, format } = await one({ sizeMiB: 1024 });
  expect(format).toBe('raw');
  const { size, mode } = await stat(path);
  expect([size, mode & 0o777]).toEqual([2 ** 30, 0o400]);
  expect(await allocatedBytes(path)).toBeLessThan(65536);
});

test('a disk with ext4 is made once', async () => {
  const disk = await one({ sizeMiB: 64, fileSystem: 'ext4' });
  const { stdout } = await execa('/usr/sbin/dumpe2fs', ['-h', disk.path]);
  expect(stdout).toMatch(/Filesystem state: +clean/);
  expect(await one({ sizeMiB: 64, fileSystem: 'ext4' })).toEqual(disk);
});

test('two disks that are asked for alike have file systems with different UUIDs', async () => {
  const request = { sizeMiB: 16, fileSystem: 'ext4' } as const;
  const disks = await obtainDisks([request, request], { cache });
  const uuids = await Promise.all(
    disks.map(async ({ path }) => (await readFile(path)).subarray(1024 + 0x68, 1024 + 0x78).toString('hex')),
  );
  expect(new Set(uuids).size).toBe(2);
});

test('a file that somebody touched is made again, and counts as another disk', async () => {
  const before = await one({ sizeMiB: 16, fileSystem: 'ext4' });
  const { atime, mtime } = await stat(before.path);
  await chmod(before.path, 0o600);
  await utimes(before.path, atime, mtime);
  const after = await one({ sizeMiB: 16, fileSystem: 'ext4' });
  expect(after.path).toBe(before.path);
  expect(after.identity).not.toBe(before.identity);
});

test('an image is copied; a change of it makes another disk', async () => {
  const image = join(folder, 'image');
  await writeFile(image, Buffer.alloc(4096, 7));
  const first = await one({ image });
  expect(await readFile(first.path)).toEqual(Buffer.alloc(4096, 7));
  expect(await one({ image })).toEqual(first);
  await writeFile(image, Buffer.alloc(4096, 8));
  const second = await one({ image });
  expect(second.identity).not.toBe(first.identity);
  expect([(await readFile(second.path))[0], (await readFile(first.path))[0]]).toEqual([8, 7]);
});

/** The first 104 bytes of a version 3 header (docs/interop/qcow2.txt in QEMU's source). */
function qcow2Header({ backing = 0n, features = 0n }): Buffer {
  const header = Buffer.alloc(104);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(backing, 8);
  header.writeBigUInt64BE(features, 72);
  return header;
}

test('a qcow2 image is recognised', async () => {
  const image = join(folder, 'image');
  await writeFile(image, qcow2Header({}));
  expect((await one({ image })).format).toBe('qcow2');
});

test.each([
  ['a missing image', 'missing', undefined, /missing: it does not exist/],
  ['an empty image', 'image', Buffer.alloc(0), /image: it is empty/],
  ['a folder', '.', undefined, /it is not a regular file/],
  ['a qcow2 image with a backing file', 'image', qcow2Header({ backing: 512n }), /it needs another file/],
  ['a qcow2 image with an external data file', 'image', qcow2Header({ features: 4n }), /it needs another file/],
])('%s is refused', async (_, name, bytes, message) => {
  if (bytes !== undefined) await writeFile(join(folder, name), bytes);
  await expect(one({ image: join(folder, name) })).rejects.toMatchObject({
    code: 'KC_DEVICES',
    blame: 'case',
    message: expect.stringMatching(message),
  });
});
