import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decompressed } from '../image.ts';
import { modinfoOf } from './modinfo.ts';
import { moduleFiles, moduleOfFile } from './tree-index.ts';

/** The drivers of our guests' virtio-serial ports: option → module. */
const DRIVERS: Readonly<Record<string, string>> = {
  VIRTIO: 'virtio',
  VIRTIO_PCI: 'virtio_pci',
  VIRTIO_CONSOLE: 'virtio_console',
};

/** What else our guests' init and SSH server cannot do without. */
const BUILT_IN = ['BINFMT_ELF', 'BLK_DEV_INITRD', 'DEVTMPFS', 'INET', 'PCI', 'PROC_FS', 'SYSFS'];

export interface KernelModule {
  /** As the kernel calls it, with underscores: `virtio_pci`. */
  readonly name: string;
  /** The uncompressed file, signature included. */
  readonly bytes: Buffer;
}

/** Names of the modules without which a guest has no ports on a kernel of this configuration; none where all is built in. */
export function modulesNeeded(config: ReadonlyMap<string, string>): string[] {
  return Object.entries(DRIVERS)
    .filter(([option]) => config.get(option) === 'm')
    .map(([, name]) => name);
}

/**
 * Options that keep our guests from running on a kernel of this configuration, as `CONFIG_VIRTIO_PCI=m` or `CONFIG_INET=n`.
 * @param modules names of the modules that are there for it
 */
export function unfitOptions(config: ReadonlyMap<string, string>, modules: readonly string[]): string[] {
  const value = (option: string) => config.get(option) ?? 'n';
  const lacking = [
    ...BUILT_IN.filter((option) => value(option) !== 'y'),
    ...Object.entries(DRIVERS)
      .filter(([option, name]) => value(option) !== 'y' && !(value(option) === 'm' && modules.includes(name)))
      .map(([option]) => option),
  ];
  return lacking.map((option) => `CONFIG_${option}=${value(option)}`);
}

/**
 * The modules of these names in an unpacked package, each behind those that it depends on. One that is not there is left
 * out, and what depends on it with it.
 */
export async function readModules(folder: string, names: readonly string[]): Promise<KernelModule[]> {
  const files = new Map<string, string>();
  for (const file of await moduleFiles(folder)) files.set(moduleOfFile(file) ?? '', join(folder, file));
  const loaded = new Map<string, KernelModule>();
  const add = async (name: string): Promise<boolean> => {
    if (loaded.has(name)) return true;
    const file = files.get(name);
    if (file === undefined) return false;
    const bytes = await decompressed(await readFile(file), basename(file));
    // Packages hold no modules.dep, which depmod writes on the machine; each module names what it needs.
    for (const dependency of (await modinfoOf(bytes))?.depends ?? []) if (!(await add(dependency))) return false;
    loaded.set(name, { name, bytes });
    return true;
  };
  for (const name of names) await add(name);
  return [...loaded.values()];
}
