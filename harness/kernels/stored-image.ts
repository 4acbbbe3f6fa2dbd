import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { publishFile } from '../cache/folder.ts';
import type { Kernel } from './kernel.ts';
import type { KernelModule } from './modules.ts';

const Facts = z.object({
  version: z.string(),
  sha256: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  /** In the order in which they are loaded. */
  modules: z.array(z.object({ name: z.string(), size: z.number() })).optional(),
});

/**
 * Writes an image to the cache, with what tells it apart from one that was changed or cut off since.
 * @param modules what its guests must load, where they were looked for
 */
export async function storeImage(
  path: string,
  vmlinux: Buffer,
  version: string,
  modules?: readonly KernelModule[],
): Promise<void> {
  await publishFile(path, (to) => writeFile(to, vmlinux));
  for (const { name, bytes } of modules ?? []) await publishFile(modulePath(path, name), (to) => writeFile(to, bytes));
  const { size, mtimeMs } = await stat(path);
  const sha256 = createHash('sha256').update(vmlinux).digest('hex');
  const listed = modules?.map(({ name, bytes }) => ({ name, size: bytes.length }));
  const facts: z.infer<typeof Facts> = { version, sha256, size, mtimeMs, modules: listed };
  await publishFile(`${path}.json`, (to) => writeFile(to, JSON.stringify(facts)));
}

function modulePath(vmlinux: string, name: string): string {
  return join(dirname(vmlinux), 'modules', `${name}.ko`);
}

/**
 * The kernel whose image {@link storeImage} wrote; undefined when it is not there or a file of it is another one now.
 * @param name `NAME=VERSION` of its package, null for a file's
 */
export async function storedKernel(vmlinux: string, name: string | null, spec: string): Promise<Kernel | undefined> {
  const facts = await readFile(`${vmlinux}.json`, 'utf8')
    .then((text) => Facts.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
  const file = await stat(vmlinux).catch(() => undefined);
  if (facts === undefined || file?.size !== facts.size || file.mtimeMs !== facts.mtimeMs) return undefined;
  const modules: string[] = [];
  for (const module of facts.modules ?? []) {
    const path = modulePath(vmlinux, module.name);
    if ((await stat(path).catch(() => undefined))?.size !== module.size) return undefined;
    modules.push(path);
  }
  const { version, sha256 } = facts;
  return { spec, version, package: name, vmlinux, sha256, ...(facts.modules === undefined ? {} : { modules }) };
}
