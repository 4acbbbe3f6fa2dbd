import { existsSync } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { cachePath, ensureFolder, publishFile, storageError } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { type AptOptions, apt, ensureLists, listsStamp } from './apt.ts';
import { compareDebianVersions } from './debian-version.ts';
import { corrupt, downloadPackage } from './download.ts';

const PACKAGE = 'linux-libc-dev';
/** A download that failed is not tried again for each program. */
const RETRY_AFTER_MS = 10 * 60 * 1000;
/** Faults that leave the host's own headers. */
const UNAVAILABLE = ['KC_NO_APT', 'KC_NO_PACKAGE_LISTS', 'KC_DOWNLOAD', 'KC_DOWNLOAD_CORRUPT'];

/** The kernel's headers for programs (UAPI), of one version. */
export interface KernelHeaders {
  /** `linux-libc-dev 7.2.13-1 (sid)` */
  readonly name: string;
  /** Where they are unpacked. */
  readonly folder: string;
  /** For -isystem, before the host's. */
  readonly folders: readonly string[];
}

/** `suite` names where it was published; `lists`, for which package lists it is the newest. */
const Known = z.object({ version: z.string(), suite: z.string(), lists: z.number() });
type Known = z.infer<typeof Known>;

const found = new Map<string, Promise<KernelHeaders | KconformError>>();

/**
 * The kernel headers of the newest published suite, downloaded once for each set of package lists: one process uses one version.
 * They define what kernels have that are newer than the host's headers.
 * @returns why there are none, without a network for instance; the host's headers are left then
 * @throws KC_INTERRUPTED, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function newestKernelHeaders(options: AptOptions = {}): Promise<KernelHeaders | KconformError> {
  const key = cachePath('headers');
  const before = await found.get(key);
  if (before instanceof Error) return before;
  // A compiler does not complain of a folder that is not there: see whether the cache gave it up.
  if (before !== undefined && (await markUsed(before.folder))) return before;
  const finding = find(options);
  finding.catch(() => found.delete(key));
  found.set(key, finding);
  return finding;
}

async function find(options: AptOptions): Promise<KernelHeaders | KconformError> {
  const cached = await readKnown();
  if (cached !== undefined && cached.lists === (await timeOf(listsStamp()))) return use(cached);
  const failedAt = await timeOf(failedStamp());
  if (failedAt !== undefined && Date.now() - failedAt < RETRY_AFTER_MS) {
    return cached === undefined ? unavailable(await readFile(failedStamp(), 'utf8').catch(() => '')) : use(cached);
  }
  try {
    const lock = {
      awaited: 'another run that downloads kernel headers',
      ...(options.signal ? { signal: options.signal } : {}),
      onWait: (message: string) => options.progress?.(message),
    };
    return await withLock(cachePath('headers', 'lock'), lock, () => fetchNewest(options));
  } catch (error) {
    if (!(error instanceof KconformError && UNAVAILABLE.includes(error.code))) throw error;
    await publishFile(failedStamp(), (path) => writeFile(path, error.message));
    return cached === undefined ? unavailable(error.message, error) : use(cached);
  }
}

async function fetchNewest(options: AptOptions): Promise<KernelHeaders> {
  // Old lists do: headers need not be as new as the kernels of a run.
  if ((await timeOf(listsStamp())) === undefined) await ensureLists(options);
  const { stdout } = await apt('apt-cache', ['madison', PACKAGE], { signal: options.signal });
  const [newest] = parseMadison(stdout).sort((a, b) => compareDebianVersions(b.version, a.version));
  if (newest === undefined) {
    throw new KconformError(`the package lists do not contain ${PACKAGE}`, { code: 'KC_DOWNLOAD', blame: 'host' });
  }
  const known = { ...newest, lists: (await timeOf(listsStamp())) ?? 0 };
  if (!existsSync(folderOf(known))) await download(known, options);
  await publishFile(knownPath(), (path) => writeFile(path, JSON.stringify(known)));
  return use(known);
}

async function download(known: Known, { signal, progress }: AptOptions): Promise<void> {
  const scratch = cachePath('headers', 'download');
  try {
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    await ensureFolder(scratch);
    progress?.(`downloading kernel headers ${known.version}`);
    const deb = await downloadPackage(`${PACKAGE}=${known.version}`, scratch, signal);
    const content = join(scratch, 'content');
    const { exitCode, stderr } = await execa('dpkg-deb', ['-x', deb, content], { reject: false });
    if (/No space left/.test(stderr)) throw Object.assign(new Error(stderr), { code: 'ENOSPC' });
    if (exitCode !== 0) throw corrupt(PACKAGE, 'it cannot be unpacked');
    if (!existsSync(join(content, 'usr/include/linux/version.h'))) throw corrupt(PACKAGE, 'there are no headers in it');
    await rename(content, folderOf(known));
  } catch (error) {
    throw storageError(error, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Reads the table `package | version | address suite/component architecture Packages`. */
function parseMadison(text: string): Omit<Known, 'lists'>[] {
  return text.split('\n').flatMap((line) => {
    const [, version = '', where = ''] = line.split('|').map((cell) => cell.trim());
    const suite = where.split(' ')[1]?.split('/')[0];
    return version === '' || suite === undefined ? [] : [{ version, suite }];
  });
}

async function use(known: Known): Promise<KernelHeaders> {
  const folder = folderOf(known);
  await markUsed(folder);
  const include = join(folder, 'usr/include');
  return {
    name: `${PACKAGE} ${known.version} (${known.suite})`,
    folder,
    folders: [include, join(include, 'x86_64-linux-gnu')],
  };
}

/** The least recently used is given up first. @returns whether it is there */
async function markUsed(folder: string): Promise<boolean> {
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined); // a cache that cannot be written
  return existsSync(folder);
}

function unavailable(why: string, cause?: KconformError): KconformError {
  return new KconformError(`no newer kernel headers: ${why}`, {
    code: 'KC_DOWNLOAD',
    blame: 'host',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Undefined also where the cache gave the folder up. */
async function readKnown(): Promise<Known | undefined> {
  const known = await readFile(knownPath(), 'utf8')
    .then((text) => Known.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
  return known !== undefined && existsSync(folderOf(known)) ? known : undefined;
}

function folderOf({ version }: { readonly version: string }): string {
  return cachePath('headers', `${PACKAGE}_${version.replaceAll(/[^\w.+~-]/g, '_')}`);
}

function knownPath(): string {
  return cachePath('headers', 'newest.json');
}

function failedStamp(): string {
  return cachePath('headers', 'failed');
}

async function timeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
