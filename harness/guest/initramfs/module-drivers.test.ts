/** Debian 12's own kernel, whose virtio drivers are modules. */
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cachePath, ensureFolder } from '../../cache/folder.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { GuestMachine } from '../guest-machine.ts';
import { limitsFor } from '../limits/limits.ts';
import { emulated } from '../qemu/machine.test-support.ts';
import { buildInitramfs, type Initramfs } from './initramfs.ts';
import { readDrivers, withKernelParts } from './modules.ts';

const limits = limitsFor('tcg');
let folder: string;
let kernel: Kernel;
let plain: Initramfs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-drivers-'));
  kernel = await resolveKernel('6.1');
  plain = await buildInitramfs({ cache: await ensureFolder(cachePath('initramfs')) });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function boot(initramfs: Initramfs): Promise<GuestMachine> {
  return GuestMachine.boot(emulated(kernel, initramfs), limits);
}

test('a guest loads the modules that bring its ports, untainted, and leaves nothing of them in its root', async () => {
  const initramfs = await withKernelParts(
    plain,
    { modules: await readDrivers(kernel.modules ?? []) },
    { cache: folder },
  );
  await using machine = await boot(initramfs);
  expect(machine.healthBefore.taint).toBe(0);
  const loaded = await machine.control.readFile('/proc/modules');
  expect(loaded.text).toContain('virtio_console');
  expect((await machine.control.readFile('/modules/0')).errno).toBe(2);
});

test('a guest without ports is no fault of the kernel, although init ends with a panic', async () => {
  await expect(boot(plain)).rejects.toMatchObject({
    code: 'KC_GUEST_INIT',
    blame: 'harness',
    message: expect.stringContaining('no virtio-serial port kconform.control'),
    hint: expect.stringContaining('CONFIG_VIRTIO_CONSOLE'),
  });
});

test('a user’s own image of which no modules are there is refused, with the options, before it is booted', async () => {
  const file = join(folder, 'vmlinuz');
  await symlink(kernel.vmlinux, file);
  await copyFile(`${kernel.vmlinux}.config`, join(folder, `config-${kernel.version}`));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  try {
    await expect(resolveKernel(file)).rejects.toMatchObject({
      code: 'KC_KERNEL_UNFIT',
      blame: 'host',
      message: expect.stringContaining('CONFIG_VIRTIO=m, CONFIG_VIRTIO_PCI=m, CONFIG_VIRTIO_CONSOLE=m'),
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a kernel without modules to load has the same initramfs as ever', async () => {
  expect(await withKernelParts(plain, { modules: [] }, { cache: folder })).toBe(plain);
});
