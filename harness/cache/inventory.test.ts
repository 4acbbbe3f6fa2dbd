import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from './folder.ts';
import { cacheLimit, keepWithin, listKept } from './inventory.ts';
import { ownIdentity, withLock } from './lock.ts';
import { endUse, isInUse, makeInUse, markUse, useUntilEnd } from './use.ts';

const MIB = 1024 * 1024;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-inventory-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A thing of one MiB that was used so many hours ago. */
async function keep(kind: string, name: string, hoursAgo: number): Promise<string> {
  const path = cachePath(kind, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'memory'), Buffer.alloc(MIB, 1));
  const then = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(path, then, then);
  return path;
}

const template = (digit: string) => digit.repeat(32);

test('what was used longest ago goes first, templates before kernels, until the rest is small enough', async () => {
  await keep('kernels', 'linux-image-6.12.43_1', 100);
  await keep('templates', template('a'), 1);
  await keep('templates', template('b'), 3);
  await keep('templates', template('c'), 2);
  const removed = await keepWithin(2.5 * MIB);
  expect(removed.map(({ name }) => name)).toEqual([template('b'), template('c')]);
  expect((await listKept()).map(({ name }) => name)).toEqual([template('a'), 'linux-image-6.12.43_1']);
  expect(await keepWithin(2.5 * MIB)).toEqual([]);
});

test('symbols and build trees go before templates and images; a tree that was built within a day, or is being built, stays', async () => {
  await keep('templates', template('a'), 100);
  await keep('kernels', 'linux-image-6.12.43_1', 100);
  await keep('symbols', 'linux-image-6.12.43_1', 2);
  await keep('builds', '6.12.43-1+debug', 30);
  await keep('builds', '6.12.43-1+plain', 20);
  const busy = await keep('builds', 'tree-0123456789ab+debug', 50);
  const lock = { awaited: 'a build' };
  await withLock(cachePath('builds', 'tree-0123456789ab.build-lock'), lock, async () => {
    const removed = await keepWithin(4.5 * MIB);
    expect(removed.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'symbols/linux-image-6.12.43_1',
      'builds/6.12.43-1+debug',
    ]);
  });
  expect((await readdir(cachePath('builds'))).sort()).toContain('6.12.43-1+plain');
  expect((await stat(busy)).isDirectory()).toBe(true);
});

test('a link counts as itself: the source that a build tree refers to is not part of it', async () => {
  const source = await keep('sources', '6.12.43-1', 0);
  const tree = await keep('builds', '6.12.43-1+debug', 0);
  await symlink(source, join(tree, 'source'));
  expect((await listKept()).map(({ kind, bytes }) => [kind, Math.round(bytes / MIB)])).toEqual([['builds', 1]]);
});

test('kernels go only when they can be fetched or unpacked again and nobody may still be reading them', async () => {
  await keep('kernels', 'linux-image-old', 5);
  await keep('kernels', 'linux-image-new', 0);
  await keep('kernels', 'file-0123', 50);
  await keep('kernels', 'built-0123', 50);
  const used = await keep('kernels', 'linux-image-used', 60);
  await markUse(used);
  await keepWithin(0);
  expect((await readdir(cachePath('kernels'))).sort()).toEqual([
    'built-0123',
    'linux-image-new',
    'linux-image-used',
    `linux-image-used.use-${process.pid}`,
  ]);
});

test('the modules of a kernel go before the kernel, and count once', async () => {
  const kernel = await keep('kernels', 'linux-image-6.12.43_1', 100);
  await keep('kernels', 'linux-image-6.12.43_1/tree', 50);
  await keep('kernels', 'built-0123/tree', 50); // cannot be had again at once
  await utimes(kernel, new Date(0), new Date(0));
  expect((await listKept()).map(({ kind, bytes }) => [kind, Math.round(bytes / MIB)])).toEqual([
    ['modules', 1],
    ['kernels', 1],
  ]);
  expect((await keepWithin(1.5 * MIB)).map(({ kind, name }) => [kind, name])).toEqual([
    ['modules', 'linux-image-6.12.43_1'],
  ]);
  expect(await readdir(kernel)).toEqual(['memory']);
});

test('what this process uses, as long as it does, and what somebody is making, stays', async () => {
  const used = await keep('templates', template('a'), 9);
  const made = await keep('templates', template('b'), 9);
  await markUse(used);
  await withLock(`${made}.lock`, { awaited: 'nobody' }, async () => {
    expect(await keepWithin(0)).toEqual([]);
  });
  expect((await keepWithin(0)).map(({ name }) => name)).toEqual([template('b')]);
  await endUse(used);
  expect((await keepWithin(0)).map(({ name }) => name)).toEqual([template('a')]);
});

test('files that a run uses are not removed before it ends, however old they are', async () => {
  const archive = cachePath('initramfs', `${'1'.repeat(32)}.cpio`);
  const used = [await keep('kernels', 'linux-image-used', 9), await keep('programs', '2'.repeat(32), 9), archive];
  await mkdir(cachePath('initramfs'), { recursive: true });
  await writeFile(archive, Buffer.alloc(MIB, 1));
  for (const path of used) expect(await useUntilEnd(path)).toBe(true);
  const longAgo = new Date(Date.now() - 9 * 3_600_000);
  for (const path of used) await utimes(path, longAgo, longAgo);
  expect(await keepWithin(0)).toEqual([]);
  for (const path of used) await endUse(path);
  expect((await keepWithin(0)).map(({ path }) => path).sort()).toEqual(used.sort());
});

test('a file that is missing is not in use, and is made once more', async () => {
  const path = cachePath('initramfs', `${'1'.repeat(32)}.cpio`);
  expect(await useUntilEnd(path)).toBe(false);
  let made = 0;
  const twice = await makeInUse(async () => {
    made += 1;
    return { path };
  });
  expect([twice, made]).toEqual([{ path }, 2]);
});

test('the mark of a process that has ended counts for nothing, and goes', async () => {
  const path = await keep('templates', template('a'), 9);
  const child = spawn('true');
  await new Promise((resolve) => child.once('close', resolve));
  await writeFile(`${path}.use-${child.pid}`, `${child.pid} 1 another-boot pid:[1]`);
  expect(await isInUse(path)).toBe(false);
  expect(await readdir(cachePath('templates'))).toEqual([template('a')]);
});

test('marks of killed processes go with the next use of anything, and those of the living stay', async () => {
  const [one, other] = [await keep('templates', template('a'), 9), await keep('templates', template('b'), 9)];
  await writeFile(`${one}.use-1`, '1 1 another-boot pid:[1]');
  await writeFile(`${one}.use-2`, '');
  await writeFile(`${one}.use-3`, ownIdentity());
  await markUse(other);
  const names = await readdir(cachePath('templates'));
  expect(names.filter((name) => name.includes('.use-')).sort()).toEqual([
    `${template('a')}.use-3`,
    `${template('b')}.use-${process.pid}`,
  ]);
  await endUse(other);
});

test('the limit is 10 GiB unless the environment says otherwise, in words that can be read', () => {
  expect(cacheLimit(undefined)).toBe(10 * 1024 * MIB);
  expect(cacheLimit('0.5')).toBe(512 * MIB);
  expect(() => cacheLimit('much')).toThrow(expect.objectContaining({ code: 'KC_CACHE_LIMIT' }));
});
