import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyImages } from './verify-images.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-images-'));
  await writeFile(at('vmlinux'), 'kernel');
  await writeFile(at('vmlinux.json'), '{}');
  await writeFile(at('initramfs'), 'archive');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const verify = () =>
  verifyImages({
    spec: { vmlinux: at('vmlinux'), initramfs: { path: at('initramfs'), size: 7 } },
    kernelSha256: sha256('kernel'),
    initramfsSha256: sha256('archive'),
  });

test('what is as it was written is fine', async () => {
  await verify();
  expect(existsSync(at('vmlinux.json'))).toBe(true);
});

test.each(['vmlinux', 'initramfs'])('%s with other bytes, size and time kept, is a fault of the host', async (name) => {
  const { atime, mtime, size } = await stat(at(name));
  await writeFile(at(name), 'x'.repeat(size));
  await utimes(at(name), atime, mtime);
  await expect(verify()).rejects.toMatchObject({ code: 'KC_CACHE_DAMAGED', blame: 'host' });
  expect(existsSync(at(`${name}.json`))).toBe(false); // the next run makes it anew
});

test('what was removed is a fault of the host that says so', async () => {
  await rm(at('vmlinux'));
  await expect(verify()).rejects.toMatchObject({
    code: 'KC_CACHE_REMOVED',
    blame: 'host',
    message: expect.stringContaining('the cache was removed during the run'),
    hint: expect.stringContaining('--resume'),
  });
});
