import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { publishFile } from '../../cache/folder.ts';
import { type CpioEntry, writeCpio } from './cpio.ts';
import type { Initramfs } from './initramfs.ts';

/** A module that init loads. */
export interface GuestModule {
  readonly name: string;
  /** Uncompressed, and otherwise as it was built. */
  readonly bytes: Buffer;
  /** For finit_module(2): `max_loop=4`. */
  readonly parameters: string;
}

const FILE = 0o100644;
const FOLDER = 0o040755;

/** The drivers of the guest's ports, as a kernel keeps them: uncompressed files. */
export async function readDrivers(paths: readonly string[]): Promise<GuestModule[]> {
  const drivers: GuestModule[] = [];
  for (const path of paths) drivers.push({ name: basename(path, '.ko'), bytes: await readFile(path), parameters: '' });
  return drivers;
}

/** What a guest has of its kernel. */
export interface KernelParts {
  /** Each after those that it depends on. */
  readonly modules: readonly GuestModule[];
  /** Its configuration, where it is known. */
  readonly config?: { readonly release: string; readonly text: string };
}

/**
 * The initramfs with a second archive behind it, as the kernel unpacks one after the other: the modules /modules/0, /modules/1, …,
 * which init loads in that order, each with its name and parameters in /modules/0.words, and /boot/config-RELEASE, where LTP and others
 * look for it. Kept under the hash of all that goes into it.
 * @param options.cache folder for the result
 */
export async function withKernelParts(
  initramfs: Initramfs,
  { modules, config }: KernelParts,
  { cache }: { readonly cache: string },
): Promise<Initramfs> {
  const entries = [...moduleEntries(modules), ...configEntries(config)];
  if (entries.length === 0) return initramfs;
  const archive = writeCpio(entries);
  const whole = Buffer.concat([await readFile(initramfs.path), archive]);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  const path = join(cache, `${sha256.slice(0, 32)}.cpio`);
  const there = await readFile(path).catch(() => undefined);
  if (there?.equals(whole) !== true) await publishFile(path, (to) => writeFile(to, whole));
  return { path, size: whole.length, sha256 };
}

function moduleEntries(modules: readonly GuestModule[]): CpioEntry[] {
  if (modules.length === 0) return [];
  const files = modules.flatMap(({ name, bytes, parameters }, index): CpioEntry[] => [
    { name: `modules/${index}`, mode: FILE, data: bytes },
    { name: `modules/${index}.words`, mode: FILE, data: Buffer.from(`${name} ${parameters}`) },
  ]);
  return [{ name: 'modules', mode: FOLDER }, ...files];
}

function configEntries(config: KernelParts['config']): CpioEntry[] {
  if (config === undefined || config.release.includes('/')) return [];
  const file = { name: `boot/config-${config.release}`, mode: FILE, data: Buffer.from(config.text) };
  return [{ name: 'boot', mode: FOLDER }, file];
}
