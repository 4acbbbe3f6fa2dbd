import { lstatSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { cachePath } from './folder.ts';
import { isLocked, withLock } from './lock.ts';
import { isInUse, removeDeadMarks } from './use.ts';

/**
 * Kinds of things in the cache, by their folder. Those of the first kind are given up first. Images and templates, without which no
 * case runs, are kept longer than symbols and build trees; what was observed is the smallest and is kept longest.
 */
const KINDS = [
  'symbols',
  'builds',
  'programs',
  'templates',
  'disks',
  'initramfs',
  'headers',
  'packages',
  'modules',
  'kernels',
  'outcomes',
] as const;

/**
 * What runs keep in use has a mark (use.ts). Modules, symbols and headers have none: they are read within this after they were named.
 * A reader of outcomes that are gone runs the cases.
 */
const GRACE_MS = 60 * 60_000;
/** Objects make the next build of a tree short: who works on it builds again within a day. */
const BUILD_GRACE_MS = 24 * GRACE_MS;

const GIB = 1024 ** 3;
const DEFAULT_LIMIT_GIB = 10;

/** How large the cache may be, in bytes: KCONFORM_CACHE_GIB, 10 GiB without it. @throws KC_CACHE_LIMIT when it is no number */
export function cacheLimit(setting: string | undefined): number {
  const gibibytes = setting === undefined || setting === '' ? DEFAULT_LIMIT_GIB : Number(setting);
  if (gibibytes >= 0) return gibibytes * GIB;
  throw new KconformError(`KCONFORM_CACHE_GIB is "${setting}", which is not a size`, {
    code: 'KC_CACHE_LIMIT',
    blame: 'host',
    hint: 'set it to a number of GiB: KCONFORM_CACHE_GIB=10',
  });
}

/** Something in the cache that stands and goes as a whole. */
export interface Kept {
  readonly kind: (typeof KINDS)[number];
  readonly name: string;
  readonly path: string;
  /** Bytes on the disk: the memory of a frozen guest is a sparse file. */
  readonly bytes: number;
  readonly lastUsed: Date;
}

/** Everything that could be given up, those used longest ago first within their kind. */
export async function listKept(): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const kind of KINDS) {
    const names = await readdir(folderOf(kind)).catch(() => []);
    const own = await Promise.all(names.filter((name) => canGo(kind, name)).map((name) => describe(kind, name)));
    kept.push(...own.filter((one) => one !== undefined).sort((a, b) => a.lastUsed.getTime() - b.lastUsed.getTime()));
  }
  return kept;
}

/** The modules of a kernel are in its folder, and can go without it. */
function folderOf(kind: Kept['kind']): string {
  return cachePath(kind === 'modules' ? 'kernels' : kind);
}

const MODULES = 'tree';

/** Locks, marks, and what is being written belong to a run that works; a kernel that was built cannot be had again at once. */
function canGo(kind: Kept['kind'], name: string): boolean {
  if (['programs', 'templates', 'disks', 'packages', 'outcomes'].includes(kind)) return /^[0-9a-f]{32}$/.test(name);
  if (kind === 'initramfs') return /^[0-9a-f]{32}\.cpio$/.test(name);
  if (kind === 'builds') return /^[\w.~+-]+\+[\w-]+$/.test(name);
  if (kind === 'symbols') return !/\.(lock|use-)/.test(name);
  if (kind === 'headers') return /^linux-libc-dev_/.test(name);
  return /^([a-z][a-z0-9-]*@linux-(image|binary)|linux-(image|binary)|file)-/.test(name) && !/\.(lock|use-)/.test(name);
}

async function describe(kind: Kept['kind'], name: string): Promise<Kept | undefined> {
  const path = kind === 'modules' ? cachePath('kernels', name, MODULES) : cachePath(kind, name);
  try {
    const mtime = await lastChange(kind, path);
    const counted = kind === 'kernels' ? await bytesOf(join(path, MODULES)) : 0;
    return { kind, name, path, bytes: (await bytesOf(path)) - counted, lastUsed: mtime };
  } catch {
    return undefined; // another run gave it up meanwhile
  }
}

/** Of objects the time of the last build, which writes its image anew. */
async function lastChange(kind: Kept['kind'], path: string): Promise<Date> {
  const { mtime } = await stat(path);
  const image = kind === 'builds' ? await stat(join(path, 'vmlinux')).catch(() => undefined) : undefined;
  return image !== undefined && image.mtime > mtime ? image.mtime : mtime;
}

/**
 * Bytes on the disk of a file, or of a folder with all that is in it. A link counts as itself: a build tree has one to its source. Files
 * are asked one after another and at once, folders are awaited: for tens of thousands of files, a promise each costs seconds.
 */
export async function bytesOf(path: string): Promise<number> {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return facts.blocks * 512;
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const own = join(path, entry.name);
    bytes += entry.isDirectory() ? await bytesOf(own) : (lstatSync(own, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
  }
  return bytes;
}

/**
 * Gives up what was used longest ago until the rest is within the limit; what a living process uses or makes stays.
 * Marks of processes that were killed are removed on the way.
 * @returns what was given up
 */
export async function keepWithin(limitBytes: number, onWait?: (message: string) => void): Promise<Kept[]> {
  for (const kind of KINDS) await removeDeadMarks(folderOf(kind));
  const kept = await listKept();
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed: Kept[] = [];
  for (const one of kept) {
    if (total <= limitBytes) break;
    if (!(await giveUp(one, onWait))) continue;
    total -= one.bytes;
    removed.push(one);
  }
  return removed;
}

async function giveUp({ kind, path, lastUsed }: Kept, onWait?: (message: string) => void): Promise<boolean> {
  const grace = kind === 'builds' ? BUILD_GRACE_MS : GRACE_MS;
  if (kind !== 'templates' && kind !== 'outcomes' && Date.now() - lastUsed.getTime() < grace) return false;
  if (kind === 'builds') return giveUpBuild(path, onWait);
  if ((await isLocked(`${path}.lock`)) || (await isLocked(join(path, 'lock')))) return false;
  const lock = { awaited: `another run that uses ${path}`, ...(onWait && { onWait }) };
  return withLock(`${path}.lock`, lock, async () => {
    if (await isInUse(path)) return false;
    await rm(path, { recursive: true, force: true });
    await rm(`${path}.sha256`, { force: true });
    return true;
  });
}

/** Objects are made under the lock of the source that they are made of. */
async function giveUpBuild(path: string, onWait?: (message: string) => void): Promise<boolean> {
  const lockPath = buildLockOf(basename(path));
  if (await isLocked(lockPath)) return false;
  const lock = { awaited: 'another build in the same tree', ...(onWait && { onWait }) };
  return withLock(lockPath, lock, async () => {
    await rm(path, { recursive: true, force: true });
    return true;
  });
}

/** @param name `6.12.118-1+debug`, or `tree-HASH+debug` for a tree of the user's own */
function buildLockOf(name: string): string {
  const source = name.slice(0, name.lastIndexOf('+'));
  return `${source.startsWith('tree-') ? cachePath('builds', source) : cachePath('sources', source, 'tree')}.build-lock`;
}
