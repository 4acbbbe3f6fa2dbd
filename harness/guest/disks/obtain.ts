/**
 * The files behind a machine's disks. They are made once, kept in the cache and never written again: each guest has a temporary
 * file of its own for what it writes (harness/guest/qemu/devices.ts). A user's image is copied, so that it can change during a run.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ensureFolder, storageError } from '../../cache/folder.ts';
import { hashOf } from '../../cache/known-file.ts';
import { withLock } from '../../cache/lock.ts';
import { markUse } from '../../cache/use.ts';
import { KconformError } from '../../errors/error.ts';
import type { GuestDisk } from '../qemu/devices.ts';
import { copySparse } from './copy-sparse.ts';
import { findMaker, makeFileSystem } from './mkfs.ts';
import type { DiskRequest } from './request.ts';
import { copyUserImage, readUserImage } from './user-image.ts';

export interface DiskOptions {
  /** The cache's folder of disks. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((message: string) => void) | undefined;
}

/** How a disk's file is made, and the name that it is kept under. */
interface Recipe {
  readonly key: string;
  readonly format: GuestDisk['format'];
  make(path: string): Promise<void>;
}

const MIB = 2 ** 20;

/**
 * The disks that a machine asks for, made where they are missing. Disks that are asked for alike are still different ones: two
 * file systems with the same UUID could not be mounted together.
 * @throws KC_DEVICES (case), KC_TOOL_MISSING, KC_DISK_FULL, KC_CACHE_UNWRITABLE (host), KC_INTERRUPTED
 */
export async function obtainDisks(requests: readonly DiskRequest[], options: DiskOptions): Promise<GuestDisk[]> {
  const disks: GuestDisk[] = [];
  const alike = new Map<string, number>();
  for (const request of requests) {
    const words = JSON.stringify(request);
    const copy = alike.get(words) ?? 0;
    alike.set(words, copy + 1);
    disks.push(await obtain(await recipeFor(request, copy), options));
  }
  return disks;
}

async function recipeFor(request: DiskRequest, copy: number): Promise<Recipe> {
  if ('image' in request) {
    const image = await readUserImage(request.image);
    const { path, version, format } = image;
    return { key: keyOf(['image', path, version]), format, make: (to) => copyUserImage(image, to) };
  }
  const { sizeMiB, fileSystem } = request;
  const empty = async (path: string) => {
    await writeFile(path, '');
    await truncate(path, sizeMiB * MIB);
  };
  // Empty disks are alike in every byte.
  if (fileSystem === undefined) return { key: keyOf(['empty', sizeMiB]), format: 'raw', make: empty };
  const maker = await findMaker(fileSystem);
  return {
    key: keyOf([fileSystem, sizeMiB, copy, await hashOf(maker)]),
    format: 'raw',
    async make(path) {
      const full = `${path}.full`;
      await empty(full);
      await makeFileSystem(fileSystem, maker, full);
      await copySparse(full, path); // mkfs.xfs writes 64 MiB of zeros for its log
      await rm(full);
    },
  };
}

function keyOf(words: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32);
}

async function obtain(recipe: Recipe, { cache, signal, progress }: DiskOptions): Promise<GuestDisk> {
  const folder = join(cache, recipe.key);
  const lock = {
    awaited: 'another run that makes the same disk',
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  try {
    await ensureFolder(cache);
    return await withLock(`${folder}.lock`, lock, async () => {
      await markUse(folder);
      const found = await load(folder, recipe);
      if (found === undefined) return make(folder, recipe);
      const now = new Date();
      await utimes(folder, now, now); // the least recently used is removed first
      return found;
    });
  } catch (error) {
    const unwritable = error instanceof KconformError && error.code === 'KC_CACHE_UNWRITABLE';
    const found = unwritable ? await load(folder, recipe) : undefined;
    if (found === undefined) throw error;
    return found; // a read-only cache: nobody removes the disk
  }
}

/** What tells that the file is the one that was made: `changed` is its ctime in nanoseconds. */
const Made = z.object({ identity: z.string(), changed: z.string() });

/** Undefined where the file is missing or somebody touched it: it is made again, with another identity. */
async function load(folder: string, { format }: Recipe): Promise<GuestDisk | undefined> {
  const path = join(folder, 'image');
  try {
    const { identity, changed } = Made.parse(JSON.parse(await readFile(join(folder, 'disk.json'), 'utf8')));
    return changed === (await changeOf(path)) ? { path, format, identity } : undefined;
  } catch {
    return undefined;
  }
}

async function make(folder: string, { format, make: fill }: Recipe): Promise<GuestDisk> {
  const fresh = `${folder}.new`;
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { mode: 0o700 });
    await fill(join(fresh, 'image'));
    await chmod(join(fresh, 'image'), 0o400);
    const made = { identity: randomUUID(), changed: await changeOf(join(fresh, 'image')) };
    await writeFile(join(fresh, 'disk.json'), JSON.stringify(made));
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return { path: join(folder, 'image'), format, identity: made.identity };
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw storageError(error, folder);
  }
}

async function changeOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).ctimeNs);
}
