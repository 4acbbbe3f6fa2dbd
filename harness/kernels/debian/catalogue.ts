import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cachePath, publishFile } from '../../cache/folder.ts';
import { flavourOf, suffixOf } from '../flavour.ts';
import { type Archive, debianArchive, sourceError } from '../sources/archive.ts';
import { branchOf, compareVersions } from '../version.ts';
import { type AptOptions, apt, ensureLists, listsStamp, noLists } from './apt.ts';
import { compareDebianVersions } from './debian-version.ts';

const Entry = z.object({
  version: z.string(),
  number: z.string(),
  series: z.string(),
  flavour: z.string(),
  package: z.string(),
  packageVersion: z.string(),
  suites: z.array(z.string()),
  /** The name of the declared source; absent for Debian's. */
  source: z.string().optional(),
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
export function imagePath(kernel: Pick<Entry, 'package' | 'packageVersion' | 'source'>): string {
  const name = `${kernel.package}_${kernel.packageVersion.replaceAll(/[^\w.+~-]/g, '_')}`;
  return cachePath('kernels', kernel.source === undefined ? name : `${kernel.source}@${name}`, 'vmlinux');
}

/** `NAME=VERSION`, with the name of a declared source and a colon before it. */
export function packageOf(kernel: Pick<Entry, 'package' | 'packageVersion' | 'source'>): string {
  const name = `${kernel.package}=${kernel.packageVersion}`;
  return kernel.source === undefined ? name : `${kernel.source}:${name}`;
}

/**
 * Every kernel that is published there, and of Debian's those in the cache that are no longer; oldest first.
 * @throws KC_NO_APT, KC_NO_PACKAGE_LISTS, KC_KERNEL_SOURCE, KC_INTERRUPTED, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function listPublished(
  options: AptOptions = {},
  archive: Archive = debianArchive(),
): Promise<PublishedKernel[]> {
  await ensureLists(options, archive);
  const { mtimeMs } = await stat(listsStamp(archive));
  const stored = await readStored(archive);
  if (stored?.lists === mtimeMs) return withCached(stored.kernels, archive);
  options.progress?.('reading package lists');
  const kernels = await readLists(options.signal, archive);
  if (kernels.length === 0) {
    // Lists that came without one kernel (a key that apt does not know) are not remembered.
    if (archive.source === undefined) throw noLists('the package lists name no kernel');
    const hint = 'kconform looks for packages linux-image-VERSION for amd64';
    throw sourceError(archive.source.name, 'it has no kernels', hint);
  }
  await publishFile(storedPath(archive), (path) => writeFile(path, JSON.stringify({ lists: mtimeMs, kernels })));
  return withCached(kernels, archive);
}

/** What {@link listPublished} last said and what is in the cache, however old; needs neither network nor apt. */
export async function listKnown(archive: Archive = debianArchive()): Promise<PublishedKernel[]> {
  return withCached((await readStored(archive))?.kernels ?? [], archive);
}

/** Whether {@link listPublished} has ever been answered: without that, {@link listKnown} has only what is in the cache. */
export async function wasListed(archive: Archive = debianArchive()): Promise<boolean> {
  return (await readStored(archive)) !== undefined;
}

/** Another name than that of versions before 0.2, which list one flavour and would take the newest kernel of any. */
function storedPath({ folder }: Archive): string {
  return join(folder, 'published.json');
}

async function readStored(archive: Archive): Promise<z.infer<typeof Stored> | undefined> {
  // A file that cannot be read or parsed counts as none: it is written again.
  return readFile(storedPath(archive), 'utf8')
    .then((text) => Stored.safeParse(JSON.parse(text)).data)
    .catch(() => undefined);
}

async function withCached(kernels: readonly Entry[], { source }: Archive): Promise<PublishedKernel[]> {
  const listed = kernels.map((kernel) => ({ ...kernel, cached: existsSync(imagePath(kernel)) }));
  if (source !== undefined) return listed;
  const folders = await readdir(cachePath('kernels')).catch(() => []);
  const cached = folders.map((folder) => entryOf(folder.split('_')[0] ?? '', folder.split('_')[1] ?? ''));
  const paths = new Set(kernels.map(imagePath));
  const withdrawn = cached.filter((entry) => entry !== undefined).filter((entry) => !paths.has(imagePath(entry)));
  return listed
    .concat(withdrawn.filter((entry) => existsSync(imagePath(entry))).map((entry) => ({ ...entry, cached: true })))
    .sort(byAge);
}

async function readLists(signal: AbortSignal | undefined, archive: Archive): Promise<Entry[]> {
  const { source } = archive;
  const pattern = source === undefined ? '^linux-(image|binary)-[0-9].*-amd64$' : '^linux-(image|binary)-.*[0-9]';
  const names = await apt('apt-cache', ['search', '--names-only', pattern], { signal, archive });
  const found = names.stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => (source === undefined ? IMAGE_OF_DEBIAN.test(name) : IMAGE.test(name) && !NO_IMAGE.test(name)));
  // From some version on the image sits in linux-binary, and linux-image is what depends on it. Ubuntu's unsigned image is the
  // signed one without its signature.
  const wanted = found.filter((name) =>
    name.startsWith('linux-image-unsigned-')
      ? !found.includes(name.replace('-unsigned', ''))
      : name.startsWith('linux-binary-') || !found.includes(name.replace('-image-', '-binary-')),
  );
  if (wanted.length === 0) return [];
  const madison = await apt('apt-cache', ['madison', ...wanted], { signal, archive });
  const records = await apt('apt-cache', ['show', ...wanted], { signal, archive });
  return parseMadison(madison.stdout, parseSizes(records.stdout), source?.name);
}

const IMAGE_OF_DEBIAN = /^linux-(image|binary)-\d+\.\d+\.\d/;
/** A package with an image, of any release. */
const IMAGE = /^linux-(?:image-unsigned|image|binary)-(\d+\.\d+.*)$/;
/** Packages beside an image. */
const NO_IMAGE = /-(dbg|dbgsym|unsigned|template|headers|di)$/;

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
export function parseMadison(text: string, sizes: ReadonlyMap<string, number> = new Map(), source?: string): Entry[] {
  const kernels = new Map<string, Entry>();
  for (const line of text.split('\n')) {
    const [name = '', packageVersion = '', where = ''] = line.split('|').map((cell) => cell.trim());
    const suite = where.split(' ')[1]?.split('/')[0];
    const key = `${name}=${packageVersion}`;
    const entry = kernels.get(key) ?? entryOf(name, packageVersion, source);
    if (entry === undefined || suite === undefined) continue;
    const suites = [...new Set([...entry.suites, suite])];
    kernels.set(key, { ...entry, suites, size: sizes.get(key) ?? null });
  }
  return [...kernels.values()].sort(byAge);
}

/** What the name and the version of a package tell; undefined for a package without a kernel image. */
function entryOf(name: string, packageVersion: string, source?: string): Entry | undefined {
  const version = source === undefined ? /^linux-(?:image|binary)-(\d.*)$/.exec(name)?.[1] : IMAGE.exec(name)?.[1];
  const number = /^(?:\d+:)?(\d+\.\d+(\.\d+)?)/.exec(packageVersion)?.[1];
  if (version === undefined || number === undefined) return undefined;
  const flavour = source === undefined ? flavourOf(name) : suffixOf(version);
  if (flavour === undefined) return undefined;
  const entry = { version, number, series: branchOf(number), flavour, package: name, packageVersion };
  return { ...entry, suites: [], ...(source === undefined ? {} : { source }), size: null };
}

function byAge(a: Entry, b: Entry): number {
  return (
    compareVersions(a.number, b.number) ||
    (a.source === undefined ? 0 : compareDebianVersions(a.version, b.version)) ||
    compareDebianVersions(a.packageVersion, b.packageVersion) ||
    a.flavour.localeCompare(b.flavour)
  );
}
