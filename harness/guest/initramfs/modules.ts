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

/** The drivers of the guest's ports, as a kernel keeps them: uncompressed files. */
export async function readDrivers(paths: readonly string[]): Promise<GuestModule[]> {
  const drivers: GuestModule[] = [];
  for (const path of paths) drivers.push({ name: basename(path, '.ko'), bytes: await readFile(path), parameters: '' });
  return drivers;
}

/**
 * The initramfs with a second archive behind it, as the kernel unpacks one after the other: the modules /modules/0, /modules/1, …,
 * which init loads in that order, each with its name and parameters in /modules/0.words. Kept under the hash of all that goes into it.
 * @param modules each after those that it depends on
 * @param options.cache folder for the result
 */
export async function withModules(
  initramfs: Initramfs,
  modules: readonly GuestModule[],
  { cache }: { readonly cache: string },
): Promise<Initramfs> {
  if (modules.length === 0) return initramfs;
  const files = modules.flatMap(({ name, bytes, parameters }, index): CpioEntry[] => [
    { name: `modules/${index}`, mode: FILE, data: bytes },
    { name: `modules/${index}.words`, mode: FILE, data: Buffer.from(`${name} ${parameters}`) },
  ]);
  const archive = writeCpio([{ name: 'modules', mode: 0o040755 }, ...files]);
  const whole = Buffer.concat([await readFile(initramfs.path), archive]);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  const path = join(cache, `${sha256.slice(0, 32)}.cpio`);
  const there = await readFile(path).catch(() => undefined);
  if (there?.equals(whole) !== true) await publishFile(path, (to) => writeFile(to, whole));
  return { path, size: whole.length, sha256 };
}
