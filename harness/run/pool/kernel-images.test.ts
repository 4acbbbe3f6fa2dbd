import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { isInUse } from '../../cache/use.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { KernelImages } from './kernel-images.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-kernel-images-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const identity = { id: '6.12.43', spec: '6.12.43', version: '6.12.43', package: null };

/** A kernel that is in the cache only from the given download on. */
function kernelThatComesWith(download: number) {
  const vmlinux = cachePath('kernels', 'linux-image-6.12.43_1', 'vmlinux');
  let downloads = 0;
  const obtain = async () => {
    downloads += 1;
    if (downloads >= download) {
      await mkdir(dirname(vmlinux), { recursive: true });
      await writeFile(vmlinux, 'image');
    }
    return { ...identity, vmlinux, sha256: '0' };
  };
  const planned: PlannedKernel = { ...identity, obtain };
  return { planned, vmlinux, downloads: () => downloads };
}

test('a kernel is in use from the moment it is there, before a guest boots it', async () => {
  const { planned, vmlinux, downloads } = kernelThatComesWith(1);
  expect(await new KernelImages().obtain(planned)).toMatchObject({ vmlinux });
  expect(await isInUse(dirname(vmlinux))).toBe(true);
  expect(downloads()).toBe(1);
});

test('a kernel that another run removes before it is in use is downloaded again, and in use then', async () => {
  const { planned, vmlinux, downloads } = kernelThatComesWith(2);
  expect(await new KernelImages().obtain(planned)).not.toBeInstanceOf(Error);
  expect(downloads()).toBe(2);
  expect(await isInUse(dirname(vmlinux))).toBe(true);
});
