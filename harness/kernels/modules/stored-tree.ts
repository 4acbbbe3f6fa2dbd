import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { publishFile, storageError } from '../../cache/folder.ts';
import { hashOf, sizeAndChange } from '../../cache/known-file.ts';
import { indexTree, moduleFiles, TreeIndex, type TreeModule } from './tree-index.ts';
import { compressAll, uncompressAll, withoutEnding } from './uncompress.ts';

/** Folder of a kernel in the cache that holds its modules as they were published, and what they say of themselves. */
export function storedTreeOf(vmlinux: string): string {
  return join(dirname(vmlinux), 'tree');
}

const INDEX = 'index.json';
const LISTS = ['modules.builtin', 'modules.builtin.modinfo'];

/**
 * Moves the modules of a folder into the cache, in one step: compressed, with an index of what they say of themselves.
 * @param from a folder of ours on the same file system, with the modules: `lib/modules/RELEASE` of an unpacked package
 * @throws KC_TOOL_MISSING, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function storeTree(from: string, tree: string): Promise<void> {
  try {
    const files = await moduleFiles(from);
    const index = await indexOf(from, files);
    const plain = files.filter((file) => withoutEnding(file) === file);
    await compressAll(from, plain);
    const modules: TreeModule[] = [];
    for (const module of index.modules) {
      const file = plain.includes(module.file) ? `${module.file}.zst` : module.file;
      modules.push({ ...module, file, sha256: await hashOf(join(from, file)) });
    }
    await writeFile(join(from, INDEX), JSON.stringify({ ...index, modules }));
    for (const link of ['build', 'source']) await rm(join(from, link), { force: true }); // to the tree of the kernel
    await rm(tree, { recursive: true, force: true });
    await rename(from, tree);
  } catch (error) {
    throw storageError(error, tree);
  }
}

/** What the modules of a folder of ours say of themselves; compressed ones are uncompressed meanwhile. */
async function indexOf(folder: string, files: readonly string[]): Promise<TreeIndex> {
  const compressed = files.filter((file) => withoutEnding(file) !== file);
  await uncompressAll(folder, compressed);
  const index = await indexTree(folder, files, (file) => join(folder, withoutEnding(file)));
  for (const file of compressed) await rm(join(folder, withoutEnding(file)), { force: true });
  return index;
}

/** The index of a tree that {@link storeTree} wrote; undefined where there is none that can be read. */
export async function readTree(tree: string): Promise<TreeIndex | undefined> {
  const index = await readFile(join(tree, INDEX), 'utf8')
    .then((text) => TreeIndex.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
  const now = new Date();
  if (index !== undefined) await utimes(tree, now, now).catch(() => undefined); // the least recently used goes first
  return index;
}

const KeptIndex = z.object({ state: z.string(), index: TreeIndex });

/**
 * The index of a folder of the user's own, which is not copied: its files are read where they are, as they are now.
 * @param kernelFolder the kernel's folder in the cache, where the index is kept until a file of the folder changes
 * @throws KC_TOOL_MISSING, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function readUserTree(folder: string, kernelFolder: string): Promise<TreeIndex> {
  const files = await moduleFiles(folder);
  const stamps = [...files, ...LISTS].map(async (file) => [
    file,
    await sizeAndChange(join(folder, file)).catch(() => null),
  ]);
  const state = createHash('sha256')
    .update(JSON.stringify([folder, await Promise.all(stamps)]))
    .digest('hex');
  const path = join(kernelFolder, 'user-modules.json');
  const kept = await readFile(path, 'utf8')
    .then((text) => KeptIndex.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
  if (kept?.state === state) return kept.index;
  const scratch = await mkdtemp(join(kernelFolder, 'user-modules-')); // several may look at once
  const index = await indexOfUser(folder, files, scratch);
  await publishFile(path, (to) => writeFile(to, JSON.stringify({ state, index })));
  return index;
}

/** @param scratch where compressed ones are uncompressed meanwhile */
async function indexOfUser(folder: string, files: readonly string[], scratch: string): Promise<TreeIndex> {
  const compressed = files.filter((file) => withoutEnding(file) !== file);
  try {
    for (const file of compressed) {
      await mkdir(dirname(join(scratch, file)), { recursive: true });
      await copyFile(join(folder, file), join(scratch, file));
    }
    await uncompressAll(scratch, compressed);
    const isCompressed = (file: string) => withoutEnding(file) !== file;
    return await indexTree(folder, files, (file) => join(isCompressed(file) ? scratch : folder, withoutEnding(file)));
  } catch (error) {
    throw storageError(error, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
