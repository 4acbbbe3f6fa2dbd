import { readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cachePath, ensureFolder, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { type AptOptions, apt, ensureLists } from '../debian/apt.ts';
import { compareDebianVersions } from '../debian/debian-version.ts';
import { downloadPackage } from '../debian/download.ts';
import { branchOf, compareVersions } from '../version.ts';

/** A kernel's source, unpacked in the cache. */
export interface Source {
  /** `6.12.117` */
  readonly version: string;
  /** The distribution's: `6.12.117-1`. */
  readonly packageVersion: string;
  readonly tree: string;
  /** For one that changes: the commit that is checked out there. */
  readonly commit?: string;
  /** A hash of the files that define its options; of a published source they never change. */
  readonly kconfig?: string;
}

/** The unpacked source (1.7 GB), its package, and what building leaves beside it. */
const NEEDED_BYTES = 5 * 1024 ** 3;

interface PublishedSource {
  readonly name: string;
  readonly packageVersion: string;
  readonly version: string;
}

/**
 * The source of a published kernel: `6.12` is the newest that is published, `6.12.107` just that one. Fetched by apt, verified by
 * its signed lists, unpacked once.
 * @throws KC_NO_SUCH_SOURCE with the versions there are, KC_DOWNLOAD, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_INTERRUPTED
 */
export async function obtainSource(wanted: string, options: AptOptions): Promise<Source> {
  const unpacked = (await unpackedSources()).find(({ version }) => version === wanted);
  if (unpacked !== undefined) return unpacked; // without a call of apt, and without a network
  const published = await publishedSource(wanted, options);
  const folder = cachePath('sources', published.packageVersion);
  const source: Source = { ...published, tree: join(folder, 'tree') };
  const awaited = 'another run that unpacks the same source';
  const lock = {
    awaited,
    ...(options.signal ? { signal: options.signal } : {}),
    onWait: (message: string) => options.progress?.(message),
  };
  await withLock(`${folder}.lock`, lock, async () => {
    if ((await readdir(folder).catch((): string[] => [])).includes('complete')) return;
    await needSpace(await ensureFolder(folder));
    await unpack(published, folder, options);
  });
  return source;
}

async function unpack(published: PublishedSource, folder: string, options: AptOptions): Promise<void> {
  const scratch = join(folder, 'new');
  try {
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    await rm(join(folder, 'tree'), { recursive: true, force: true });
    await rm(join(folder, 'tree.originals'), { recursive: true, force: true });
    await forgetObjects(published.packageVersion);
    await ensureFolder(scratch);
    options.progress?.(`downloading the source of ${published.version} (150 MB)`);
    const deb = await downloadPackage(`${published.name}=${published.packageVersion}`, scratch, options.signal);
    options.progress?.(`unpacking the source of ${published.version}`);
    await run('dpkg-deb', ['-x', deb, scratch], options.signal);
    const archives = join(scratch, 'usr/src');
    const archive = (await readdir(archives)).find((file) => /^linux-source-.*\.tar\.xz$/.test(file));
    if (archive === undefined) throw notUnpacked('there is no source in the package');
    await run('tar', ['-xf', join(archives, archive), '-C', scratch], options.signal);
    await rename(join(scratch, archive.replace(/\.tar\.xz$/, '')), join(folder, 'tree'));
    await writeFile(join(folder, 'complete'), published.version);
  } catch (error) {
    throw storageError(error, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** tar gives files the times of the archive: objects of an edited file would count as newer than its original. */
async function forgetObjects(packageVersion: string): Promise<void> {
  const folders = await readdir(cachePath('builds')).catch((): string[] => []);
  for (const name of folders.filter((one) => one.startsWith(`${packageVersion}+`)))
    await rm(cachePath('builds', name), { recursive: true, force: true });
}

/** The sources in the cache, the newest first. */
export async function unpackedSources(): Promise<Source[]> {
  const names = await readdir(cachePath('sources')).catch(() => []);
  const found: Source[] = [];
  for (const packageVersion of names) {
    const folder = cachePath('sources', packageVersion);
    const version = /^\d+\.\d+(\.\d+)?/.exec(packageVersion)?.[0];
    if (version === undefined || !(await readdir(folder).catch((): string[] => [])).includes('complete')) continue;
    found.push({ version, packageVersion, tree: join(folder, 'tree') });
  }
  return found.sort((a, b) => compareDebianVersions(b.packageVersion, a.packageVersion));
}

async function publishedSource(wanted: string, options: AptOptions): Promise<PublishedSource> {
  await ensureLists(options);
  const series = branchOf(wanted);
  const { stdout } = await apt('apt-cache', ['madison', `linux-source-${series}`], { signal: options.signal });
  const all = stdout
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([name = '', packageVersion = '']) => {
      const version = /^\d+\.\d+(\.\d+)?/.exec(packageVersion)?.[0];
      return name === '' || version === undefined ? [] : [{ name, packageVersion, version }];
    })
    .sort((a, b) => compareDebianVersions(b.packageVersion, a.packageVersion));
  const found = all.find(({ version }) => wanted === series || compareVersions(version, wanted) === 0);
  if (found !== undefined) return found;
  const versions = [...new Set(all.map(({ version }) => version))];
  const there = versions.length > 0 ? `; there are ${versions.join(', ')}` : '';
  throw new KconformError(`the source of ${wanted} is not published${there}`, {
    code: 'KC_NO_SUCH_SOURCE',
    blame: 'host',
    hint: 'name a published version (--source 6.12 is the newest), or build your own tree: --tree FOLDER',
  });
}

async function needSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= NEEDED_BYTES) return;
  throw new KconformError(`building a kernel needs 5 GiB below ${dirname(folder)}, which are not free`, {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space (npx kconform cache --prune), or set XDG_CACHE_HOME to a folder on another disk',
  });
}

async function run(program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const result = await execa(program, args, { reject: false, ...(signal ? { cancelSignal: signal } : {}) });
  if (signal?.aborted)
    throw new KconformError('interrupted while unpacking', { code: 'KC_INTERRUPTED', blame: 'host' });
  if (/No space left/.test(result.stderr)) throw Object.assign(new Error(result.stderr), { code: 'ENOSPC' });
  if (result.exitCode !== 0) throw notUnpacked(result.stderr || result.message || program);
}

function notUnpacked(output: string): KconformError {
  return new KconformError('the source package could not be unpacked', {
    code: 'KC_DOWNLOAD_CORRUPT',
    blame: 'host',
    hint: 'it was discarded; run again',
    evidence: { output },
  });
}
