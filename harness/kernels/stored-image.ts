import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { publishFile } from '../cache/folder.ts';
import type { Kernel } from './kernel.ts';

const Facts = z.object({ version: z.string(), sha256: z.string(), size: z.number(), mtimeMs: z.number() });

/** Writes an image to the cache, with what tells it apart from one that was changed or cut off since. */
export async function storeImage(path: string, vmlinux: Buffer, version: string): Promise<void> {
  await publishFile(path, (to) => writeFile(to, vmlinux));
  const { size, mtimeMs } = await stat(path);
  const sha256 = createHash('sha256').update(vmlinux).digest('hex');
  await publishFile(`${path}.json`, (to) => writeFile(to, JSON.stringify({ version, sha256, size, mtimeMs })));
}

/**
 * The kernel whose image {@link storeImage} wrote; undefined when it is not there or its file is another one now.
 * @param name `NAME=VERSION` of its package, null for a file's
 */
export async function storedKernel(vmlinux: string, name: string | null, spec: string): Promise<Kernel | undefined> {
  const facts = await readFile(`${vmlinux}.json`, 'utf8')
    .then((text) => Facts.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
  const file = await stat(vmlinux).catch(() => undefined);
  if (facts === undefined || file?.size !== facts.size || file.mtimeMs !== facts.mtimeMs) return undefined;
  return { spec, version: facts.version, package: name, vmlinux, sha256: facts.sha256 };
}
