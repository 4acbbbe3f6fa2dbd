import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { cachePath, publishFile } from '../../cache/folder.ts';
import { FLAVOURS, flavourOf } from '../flavour.ts';
import { branchOf, compareVersions } from '../version.ts';
import { type AptOptions, apt, ensureLists, listsStamp, noLists } from './apt.ts';
import { compareDebianVersions } from './debian-version.ts';

const Entry = z.object({
  version: z.string(),
  number: z.string(),
  series: z.string(),
  flavour: z.enum(FLAVOURS),
  package: z.string(),
  packageVersion: z.string(),
  suites: z.array(z.string()),
  size: z.number().nullable(),
});
type Entry = z.infer<typeof Entry>;

/** A published kernel: one package at one version. */
export interface PublishedKernel extends Entry {
  /** The release as `uname -r` prints it: `6.12.57+deb12-cloud-amd64`. */
  readonly version: string;
  /** The upstream version: `6.12.57`; differs from the release for 6.1 (`6.1.0-50-cloud-amd64`). */
  readonly number: string;
  /** Where it is published; none for one that was, and is in the cache. */
  readonly suites: string[];
  /** Bytes to download, where known. */
  readonly size: number | null;
  /** Whether its image is in the cache. */
  readonly cached: boolean;
}

const Stored = z.object({ lists: z.number(), kernels: z.array(Entry) });

/** Where an unpacked kernel stands in the cache. */
export function imagePath(kernel: { package: string; packageVersion: string }): string {
  return cachePath('kernels', `${kernel.package}_${kernel.packageVersion.replaceAll(/[^\w.+~-]/g, '_')}`, 'vmlinux');
}

/**
 * Every published kernel, and those in the cache that are no longer published; oldest first.
 * @throws KC_NO_APT, KC_NO_PACKAGE_LISTS, KC_INTERRUPTED, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function listPublished(options: AptOptions = {}): Promise<PublishedKernel[]> {
  await ensureLists(options);
  const { mtimeMs } = await stat(listsStamp());
  const stored = await readStored();
  if (stored?.lists === mtimeMs) return withCached(stored.kernels);
  options.progress?.('reading package lists');
  const kernels = await readLists(options.signal);
  // Lists that came without one kernel (a key that apt does not know) are not remembered.
  if (kernels.length === 0) throw noLists('the package lists name no kernel');
  await publishFile(storedPath(), (path) => writeFile(path, JSON.stringify({ lists: mtimeMs, kernels })));
  return withCached(kernels);
}

/** What {@link listPublished} last said and what is in the cache, however old; needs neither network nor apt. */
export async function listKnown(): Promise<PublishedKernel[]> {
  return withCached((await readStored())?.kernels ?? []);
}

/** Whether {@link listPublished} has ever been answered: without that, {@link listKnown} has only what is in the cache. */
export async function wasListed(): Promise<boolean> {
  return (await readStored()) !== undefined;
}

/** Another name than that of versions before 0.2, which list one flavour and would take the newest kernel of any. */
function storedPath(): string {
  return cachePath('apt', 'published.json');
}

async function readStored(): Promise<z.infer<typeof Stored> | undefined> {
  // A file that cannot be read or parsed counts as none: it is written again.
  return readFile(storedPath(), 'utf8')
    .then((text) => Stored.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
}

async function withCached(kernels: readonly Entry[]): Promise<PublishedKernel[]> {
  const folders = await readdir(cachePath('kernels')).catch(() => []);
  const cached = folders.map((folder) => entryOf(folder.split('_')[0] ?? '', folder.split('_')[1] ?? ''));
  const paths = new Set(kernels.map(imagePath));
  const withdrawn = cached.filter((entry) => entry !== undefined).filter((entry) => !paths.has(imagePath(entry)));
  return [...kernels.map((kernel) => ({ ...kernel, cached: existsSync(imagePath(kernel)) }))]
    .concat(withdrawn.filter((entry) => existsSync(imagePath(entry))).map((entry) => ({ ...entry, cached: true })))
    .sort(byAge);
}

async function readLists(signal: AbortSignal | undefined): Promise<Entry[]> {
  const pattern = '^linux-(image|binary)-[0-9].*-amd64$';
  const names = await apt('apt-cache', ['search', '--names-only', pattern], { signal });
  const found = names.stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => /^linux-(image|binary)-\d+\.\d+\.\d/.test(name));
  // From some version on the image sits in linux-binary, and linux-image is what depends on it.
  const wanted = found.filter(
    (name) => name.startsWith('linux-binary-') || !found.includes(name.replace('-image-', '-binary-')),
  );
  if (wanted.length === 0) return [];
  const madison = await apt('apt-cache', ['madison', ...wanted], { signal });
  const records = await apt('apt-cache', ['show', ...wanted], { signal });
  return parseMadison(madison.stdout, parseSizes(records.stdout));
}

/** Reads the records of `apt-cache show`: `NAME=VERSION` → bytes of the package. */
export function parseSizes(records: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const record of records.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(record)?.[1];
    const size = Number(field('Size'));
    if (size > 0) sizes.set(`${field('Package')}=${field('Version')}`, size);
  }
  return sizes;
}

/** Reads the table `package | version | address suite/component architecture Packages`. */
export function parseMadison(text: string, sizes: ReadonlyMap<string, number> = new Map()): Entry[] {
  const kernels = new Map<string, Entry>();
  for (const line of text.split('\n')) {
    const [name = '', packageVersion = '', where = ''] = line.split('|').map((cell) => cell.trim());
    const suite = where.split(' ')[1]?.split('/')[0];
    const key = `${name}=${packageVersion}`;
    const entry = kernels.get(key) ?? entryOf(name, packageVersion);
    if (entry === undefined || suite === undefined) continue;
    const suites = [...new Set([...entry.suites, suite])];
    kernels.set(key, { ...entry, suites, size: sizes.get(key) ?? null });
  }
  return [...kernels.values()].sort(byAge);
}

/** What the name and the version of a package tell; undefined for a package without a kernel image. */
function entryOf(name: string, packageVersion: string): Entry | undefined {
  const version = /^linux-(?:image|binary)-(\d.*)$/.exec(name)?.[1];
  const number = /^\d+\.\d+(\.\d+)?/.exec(packageVersion)?.[0];
  const flavour = flavourOf(name);
  if (version === undefined || number === undefined || flavour === undefined) return undefined;
  const series = branchOf(number);
  return { version, number, series, flavour, package: name, packageVersion, suites: [], size: null };
}

function byAge(a: Entry, b: Entry): number {
  return (
    compareVersions(a.number, b.number) ||
    compareDebianVersions(a.packageVersion, b.packageVersion) ||
    a.flavour.localeCompare(b.flavour)
  );
}
