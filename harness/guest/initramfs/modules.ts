import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishFile } from '../../cache/folder.ts';
import { type CpioEntry, writeCpio } from './cpio.ts';
import type { Initramfs } from './initramfs.ts';

/**
 * The initramfs with a second archive behind it, as the kernel unpacks one after the other: /modules/0, /modules/1, …, which
 * init loads in that order. Kept under the hash of all that goes into it.
 * @param modules paths of uncompressed modules, each behind those that it depends on
 * @param options.cache folder for the result
 */
export async function withModules(
  initramfs: Initramfs,
  modules: readonly string[],
  { cache }: { readonly cache: string },
): Promise<Initramfs> {
  if (modules.length === 0) return initramfs;
  const files: CpioEntry[] = [];
  for (const [index, path] of modules.entries()) {
    files.push({ name: `modules/${index}`, mode: 0o100644, data: await readFile(path) });
  }
  const archive = writeCpio([{ name: 'modules', mode: 0o040755 }, ...files]);
  const whole = Buffer.concat([await readFile(initramfs.path), archive]);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  const path = join(cache, `${sha256.slice(0, 32)}.cpio`);
  const there = await readFile(path).catch(() => undefined);
  if (there?.equals(whole) !== true) await publishFile(path, (to) => writeFile(to, whole));
  return { path, size: whole.length, sha256 };
}
