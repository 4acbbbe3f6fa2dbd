import { createHash } from 'node:crypto';
import { open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cachePath, ensureFolder, publishFile, storageError } from '../cache/folder.ts';
import { describeFile, FileFacts, sameFile } from '../cache/known-file.ts';
import { withLock } from '../cache/lock.ts';
import { markUse } from '../cache/use.ts';
import { KconformError } from '../errors/error.ts';
import { arrangeMembers } from './arrange.ts';
import { Contents, type Member } from './contents.ts';
import { downloadPackages } from './download.ts';
import { resolvePackages } from './resolve.ts';
import { openView, SUITE } from './suite.ts';
import { type WrittenArchive, writeArchive } from './write-archive.ts';

/** Increased whenever the same packages give another archive. */
const FORMAT = 4;
const MIB = 2 ** 20;

/** Packages with all that they depend on, as an archive that the kernel unpacks behind the guest's initramfs. */
export interface PackageArchive {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of the archive, hexadecimal. */
  readonly sha256: string;
  /** The Debian release: `trixie`. */
  readonly suite: string;
  /** `strace=6.13+ds-1`, sorted. */
  readonly packages: readonly string[];
  /** Names of the programs in /usr/bin and /usr/sbin, sorted. */
  readonly programs: readonly string[];
  /** How much more memory a guest with the archive needs, in MiB. */
  readonly memoryMiB: number;
}

export interface PackageOptions {
  /** Asks for new package lists, and makes the archive again if they have other versions. */
  readonly refresh?: boolean;
  readonly progress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

const Stored = z.object({
  suite: z.string(),
  names: z.array(z.string()),
  packages: z.array(z.string()),
  programs: z.array(z.string()),
  memoryMiB: z.number(),
  sha256: z.string(),
  file: FileFacts,
});
type Stored = z.infer<typeof Stored>;

/** Where archives are kept, a folder for each set of packages. */
function packagesFolder(): string {
  return cachePath('packages');
}

/**
 * The archive of these packages. It is made once for a set of names; afterwards neither apt nor the network is asked, so that a
 * case sees the same versions until they are renewed with `refresh`.
 * @param names of Debian packages
 * @throws KC_NO_SUCH_PACKAGE (case), KC_PACKAGES, KC_NO_APT, KC_NO_PACKAGE_LISTS, KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_DISK_FULL,
 *   KC_CACHE_UNWRITABLE, KC_TOOL_MISSING, KC_INTERRUPTED (host)
 */
export async function packageArchive(names: readonly string[], options: PackageOptions = {}): Promise<PackageArchive> {
  const { refresh = false, progress, signal } = options;
  const wanted = [...new Set(names)].sort();
  const folder = folderOf(wanted);
  const lock = {
    awaited: `another run that packs ${wanted.join(', ')}`,
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  try {
    await ensureFolder(packagesFolder());
    return await withLock(`${folder}.lock`, lock, async () => {
      await markUse(folder);
      const known = await readStored(folder);
      const stored = known !== undefined && !refresh ? known : await make(folder, wanted, known, options);
      const now = new Date();
      await utimes(folder, now, now); // the least recently used is removed first
      return archiveOf(folder, stored);
    });
  } catch (error) {
    const unwritable = error instanceof KconformError && error.code === 'KC_CACHE_UNWRITABLE';
    const known = unwritable && !refresh ? await readStored(folder) : undefined;
    if (known === undefined) throw error;
    return archiveOf(folder, known); // a read-only cache: nobody removes the archive
  }
}

/** @param names sorted, each once */
function folderOf(names: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, SUITE, names]));
  return join(packagesFolder(), hash.digest('hex').slice(0, 32));
}

/** The archives in the cache, with the names that were asked for; sorted by these. */
export async function listArchives(): Promise<(PackageArchive & { readonly names: readonly string[] })[]> {
  const keys = await readdir(packagesFolder()).catch(() => []);
  const folders = keys.filter((key) => /^[0-9a-f]{32}$/.test(key)).map((key) => join(packagesFolder(), key));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const stored = await readStored(folder);
      // One of an older version of kconform is not used any more.
      return stored === undefined || folderOf(stored.names) !== folder
        ? []
        : [{ ...archiveOf(folder, stored), names: stored.names }];
    }),
  );
  return found.flat().sort((a, b) => (a.names.join() < b.names.join() ? -1 : 1));
}

function archiveOf(folder: string, { file, names: _, ...facts }: Stored): PackageArchive {
  return { path: archivePath(folder), size: file.size, ...facts };
}

function archivePath(folder: string): string {
  return join(folder, 'archive.cpio');
}

/** Removed by those who find the archive damaged (guest/template/verify-images.ts). */
function factsPath(folder: string): string {
  return `${archivePath(folder)}.json`;
}

/** undefined when there is none, or its content changed after it was written. */
async function readStored(folder: string): Promise<Stored | undefined> {
  const text = await readFile(factsPath(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stored = Stored.safeParse(parse(text)).data;
  return (await sameFile(archivePath(folder), stored?.file)) === undefined ? undefined : stored;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // damaged: it is made again
  }
}

async function make(
  folder: string,
  names: readonly string[],
  known: Stored | undefined,
  { refresh = false, progress, signal }: PackageOptions,
): Promise<Stored> {
  const scratch = join(folder, 'download');
  try {
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    await ensureFolder(scratch);
    const asked = { refresh, ...(progress && { progress }), ...(signal && { signal }) };
    const view = await openView(scratch, names, asked);
    progress?.(`looking for ${names.join(', ')}`);
    const resolved = await resolvePackages(names, view, signal);
    const packages = resolved.map(({ name, version }) => `${name}=${version}`).sort();
    if (known !== undefined && packages.join() === known.packages.join()) return known;
    const bytes = resolved.reduce((sum, { size }) => sum + size, 0);
    progress?.(`downloading ${resolved.length} packages (${Math.ceil(bytes / 1e6)} MB)`);
    const debs = await downloadPackages(names, resolved, { view, folder: scratch, signal });
    progress?.(`unpacking ${resolved.length} packages`);
    const packed = await pack(folder, { scratch, debs, signal });
    const stored = {
      suite: SUITE,
      names: [...names],
      packages,
      ...packed,
      file: await describeFile(archivePath(folder)),
    };
    await publishFile(factsPath(folder), (path) => writeFile(path, JSON.stringify(stored)));
    return stored;
  } catch (error) {
    if (known === undefined) await rm(folder, { recursive: true, force: true });
    throw storageError(error, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Packing {
  readonly scratch: string;
  readonly debs: readonly string[];
  readonly signal: AbortSignal | undefined;
}

async function pack(
  folder: string,
  { scratch, debs, signal }: Packing,
): Promise<Pick<Stored, 'programs' | 'memoryMiB' | 'sha256'>> {
  const spool = await open(join(scratch, 'spool'), 'w+', 0o600);
  try {
    const contents = new Contents(spool);
    for (const deb of debs) await contents.add(deb, signal);
    const members = arrangeMembers(contents);
    let written: WrittenArchive | undefined;
    await publishFile(archivePath(folder), async (path) => {
      const to = await open(path, 'w', 0o600);
      try {
        written = await writeArchive(members, spool, to);
      } finally {
        await to.close();
      }
    });
    if (written === undefined) throw new TypeError('publishFile has not written the archive');
    return { programs: programsOf(members), memoryMiB: memoryFor(written), sha256: written.sha256 };
  } finally {
    await spool.close();
  }
}

function programsOf(members: readonly Member[]): string[] {
  const names = members.flatMap(({ path }) => /^usr\/s?bin\/([^/]+)$/.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/**
 * While the kernel unpacks, the archive and what came out of it are both in memory. The root file system is a tmpfs that holds at most
 * half of the memory that is free before (mm/shmem.c, shmem_default_max_blocks).
 */
function memoryFor({ size, unpacked }: WrittenArchive): number {
  return Math.ceil((size + 2 * unpacked) / MIB);
}
