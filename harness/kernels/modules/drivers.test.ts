import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../config.ts';
import { modulesNeeded, readModules, unfitOptions } from './drivers.ts';
import { moduleFile } from './module-file.test-support.ts';

const FITS = `CONFIG_BINFMT_ELF=y
CONFIG_BLK_DEV_INITRD=y
CONFIG_DEVTMPFS=y
CONFIG_INET=y
CONFIG_PCI=y
CONFIG_PROC_FS=y
CONFIG_SYSFS=y
CONFIG_VIRTIO=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_CONSOLE=y
`;
const AS_MODULES = FITS.replace(/(VIRTIO\w*)=y/g, '$1=m');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-modules-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a kernel with everything built in needs no modules and fits', () => {
  expect(modulesNeeded(parseConfig(FITS))).toEqual([]);
  expect(unfitOptions(parseConfig(FITS), [])).toEqual([]);
});

test('a kernel with modular drivers fits when they are there', () => {
  const config = parseConfig(AS_MODULES);
  expect(modulesNeeded(config)).toEqual(['virtio', 'virtio_pci', 'virtio_console']);
  expect(unfitOptions(config, ['virtio_ring', 'virtio', 'virtio_pci', 'virtio_console'])).toEqual([]);
});

test.each([
  [AS_MODULES, ['virtio', 'virtio_pci'], ['CONFIG_VIRTIO_CONSOLE=m']],
  [AS_MODULES, [], ['CONFIG_VIRTIO=m', 'CONFIG_VIRTIO_PCI=m', 'CONFIG_VIRTIO_CONSOLE=m']],
  [FITS.replace('CONFIG_INET=y\n', '').replace('PCI=y', 'PCI=n'), [], ['CONFIG_INET=n', 'CONFIG_PCI=n']],
  [FITS.replace('CONFIG_VIRTIO_CONSOLE=y\n', ''), ['virtio_console'], ['CONFIG_VIRTIO_CONSOLE=n']],
])('what keeps a guest from running is named: %#', (config, modules, options) => {
  expect(unfitOptions(parseConfig(config), modules)).toEqual(options);
});

test('modules come after those that they depend on, each once, uncompressed', async () => {
  const drivers = join(folder, 'lib/modules/6.1/kernel/drivers');
  await mkdir(drivers, { recursive: true });
  await writeFile(join(drivers, 'virtio.ko'), moduleFile({ depends: 'virtio_ring' }));
  await writeFile(join(drivers, 'virtio-ring.ko'), moduleFile({}));
  await writeFile(join(drivers, 'virtio_pci.ko'), moduleFile({ depends: 'virtio_ring,virtio' }));
  await execa('xz', ['-C', 'crc32', join(drivers, 'virtio.ko')]);
  const modules = await readModules(folder, ['virtio_pci', 'virtio']);
  expect(modules.map(({ name }) => name)).toEqual(['virtio_ring', 'virtio', 'virtio_pci']);
  expect(modules[1]?.bytes.equals(moduleFile({ depends: 'virtio_ring' }))).toBe(true);
});

test('a module whose dependency is not there is left out', async () => {
  await writeFile(join(folder, 'virtio_pci.ko'), moduleFile({ depends: 'virtio_ring' }));
  await writeFile(join(folder, 'virtio_console.ko'), moduleFile({}));
  const modules = await readModules(folder, ['virtio_pci', 'virtio_console']);
  expect(modules.map(({ name }) => name)).toEqual(['virtio_console']);
});
