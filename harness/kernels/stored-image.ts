import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { publishFile } from '../cache/folder.ts';
import { describeFile, FileFacts, hashOf, sameFile } from '../cache/known-file.ts';
import type { Kernel } from './kernel.ts';
import { kernelId } from './kernel-id.ts';
import type { KernelModule } from './modules/drivers.ts';

const Facts = z.object({
  version: z.string(),
  sha256: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  /** In the order in which they are loaded. */
  modules: z.array(z.object({ name: z.string(), size: z.number() })).optional(),
  /** The image and what belongs to it, by their paths below its folder; older versions did not write it. */
  files: z.record(z.string(), FileFacts).optional(),
});
type Facts = z.infer<typeof Facts>;

/**
 * Writes an image to the cache, with what tells it apart from one that was changed or cut off since. What belongs to it (its
 * configuration) is written before.
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
  const facts: Facts = { version, sha256, size, mtimeMs, modules: listed };
  await writeFacts(path, { ...facts, files: await describeFiles(path, facts) });
}

function writeFacts(vmlinux: string, facts: Facts): Promise<void> {
  return publishFile(`${vmlinux}.json`, (to) => writeFile(to, JSON.stringify(facts)));
}

function modulePath(vmlinux: string, name: string): string {
  return join(dirname(vmlinux), 'modules', `${name}.ko`);
}

/** Whatever a guest is made of, or what decides which cases run. */
async function describeFiles(vmlinux: string, { modules = [] }: Facts): Promise<NonNullable<Facts['files']>> {
  const own = basename(vmlinux);
  const wanted = [
    own,
    `${own}.config`,
    'kmemleak-test.ko',
    ...modules.map(({ name }) => join('modules', `${name}.ko`)),
  ];
  const files: Record<string, FileFacts> = {};
  for (const name of wanted) {
    const path = join(dirname(vmlinux), name);
    const there = await stat(path).catch(() => undefined);
    if (there !== undefined) files[name] = await describeFile(path);
  }
  return files;
}

const told = new Set<string>();

/**
 * The kernel whose image {@link storeImage} wrote; undefined when it is not there or a file of it is another one now.
 * @param name `NAME=VERSION` of its package, null for a file's
 * @param progress is told once when a file was damaged
 */
export async function storedKernel(
  vmlinux: string,
  name: string | null,
  spec: string,
  progress?: (message: string) => void,
): Promise<Kernel | undefined> {
  const facts = await readFile(`${vmlinux}.json`, 'utf8')
    .then((text) => Facts.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
  if (facts === undefined) return undefined;
  const damaged = await damagedFile(vmlinux, facts);
  if (damaged !== undefined) {
    if (!told.has(damaged)) progress?.(`${damaged} was damaged or changed in the cache: it is not used`);
    told.add(damaged);
    return undefined;
  }
  const { version, sha256 } = facts;
  const modules = facts.modules?.map((module) => modulePath(vmlinux, module.name));
  const id = kernelId({ version, package: name, sha256 });
  return { id, spec, version, package: name, vmlinux, sha256, ...(modules === undefined ? {} : { modules }) };
}

/** The first file that is not what was written; undefined when all are. */
async function damagedFile(vmlinux: string, facts: Facts): Promise<string | undefined> {
  const { files } = facts;
  if (files === undefined) {
    // Of an earlier version: the image has a hash to be compared with, the rest is taken as it is and described.
    if ((await hashOf(vmlinux).catch(() => undefined)) !== facts.sha256) return vmlinux;
    for (const { name, size } of facts.modules ?? []) {
      const there = await stat(modulePath(vmlinux, name)).catch(() => undefined);
      if (there?.size !== size) return modulePath(vmlinux, name);
    }
    await rewrite(vmlinux, { ...facts, files: await describeFiles(vmlinux, facts) });
    return undefined;
  }
  const now: Record<string, FileFacts> = {};
  for (const [name, known] of Object.entries(files)) {
    const same = await sameFile(join(dirname(vmlinux), name), known);
    if (same === undefined) return join(dirname(vmlinux), name);
    now[name] = same;
  }
  if (Object.entries(now).some(([name, { changed }]) => changed !== files[name]?.changed)) {
    await rewrite(vmlinux, { ...facts, files: now });
  }
  return undefined;
}

/** In a cache that cannot be written the files are read again the next time. */
async function rewrite(vmlinux: string, facts: Facts): Promise<void> {
  await writeFacts(vmlinux, facts).catch(() => undefined);
}
