import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { execa } from 'execa';
import { cachePath, ensureFolder, publishFile } from '../../cache/folder.ts';
import { pathsBelow } from '../../cache/folder-content.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { branchOf, compareVersions, upstreamVersion } from '../version.ts';
import { type AptOptions, apt, ensureLists } from './apt.ts';
import { compareDebianVersions } from './debian-version.ts';
import { downloadPackage } from './download.ts';

/** One change that a changelog lists. */
export interface ChangelogEntry {
  /** The distribution's version that brought it: `6.12.57-1`. */
  readonly packageVersion: string;
  /** The stable release that it came with; undefined for a change of the distribution's own. */
  readonly upstream?: string;
  /** Of an upstream change the commit's title. */
  readonly title: string;
}

/** A package's changelog, which reaches back over all versions before. */
export interface Changelog {
  /** `NAME=VERSION` of the package that has it. */
  readonly source: string;
  readonly entries: readonly ChangelogEntry[];
}

type PackagedKernel = { readonly version: string; readonly package: string | null };

/** Of one version for all architectures, a tenth of an image's size, and with the same changelog. */
const SMALL = 'linux-libc-dev';

/**
 * The changelog of a published kernel, by apt: of the small package of the same branch that reaches as far, else out of the
 * kernel's own.
 * @throws KC_NO_CHANGELOG for a kernel that is no package, KC_DOWNLOAD and what else downloading throws
 */
export async function obtainChangelog(kernel: PackagedKernel, options: AptOptions): Promise<Changelog> {
  if (kernel.package === null) {
    throw new KconformError(`${kernel.version} comes from a file, which has no changelog`, {
      code: 'KC_NO_CHANGELOG',
      blame: 'host',
    });
  }
  const source = (await smallPackage(kernel, options)) ?? kernel.package;
  const file = cachePath('changelogs', source.replaceAll(/[^\w.+~-]/g, '_'));
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return { source, entries: parseChangelog(text) };
  const lock = {
    awaited: 'another run that fetches a changelog',
    ...(options.signal ? { signal: options.signal } : {}),
    onWait: (message: string) => options.progress?.(message),
  };
  return withLock(`${file}.lock`, lock, async () => {
    options.progress?.(`downloading the changelog of ${source}`);
    const fetched = await fetchChangelog(source, `${file}.download`, options);
    await publishFile(file, (path) => writeFile(path, fetched));
    return { source, entries: parseChangelog(fetched) };
  });
}

async function smallPackage(kernel: PackagedKernel, options: AptOptions): Promise<string | undefined> {
  if (/^[a-z][a-z0-9-]*:/.test(kernel.package ?? '')) return undefined; // of a declared source: Debian's says nothing about it
  await ensureLists(options);
  const wanted = upstreamVersion(kernel);
  const { stdout } = await apt('apt-cache', ['madison', SMALL], { signal: options.signal });
  const versions = stdout.split('\n').flatMap((line) => {
    const version = line.split('|')[1]?.trim();
    return version !== undefined && branchOf(version) === branchOf(wanted) ? [version] : [];
  });
  const [newest] = versions.sort((a, b) => compareDebianVersions(b, a));
  return newest !== undefined && compareVersions(newest, wanted) >= 0 ? `${SMALL}=${newest}` : undefined;
}

async function fetchChangelog(name: string, scratch: string, { signal }: AptOptions): Promise<string> {
  try {
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    await ensureFolder(scratch);
    const deb = await downloadPackage(name, scratch, signal);
    const tar = execa('dpkg-deb', ['--fsys-tarfile', deb], { buffer: false, reject: false, encoding: 'buffer' });
    await tar.pipe('tar', ['-x', '-C', scratch, '--wildcards', './usr/share/doc/*/changelog*.gz'], { reject: false });
    const files = await pathsBelow(scratch);
    const found =
      files.find((file) => /changelog\.Debian\.gz$/.test(file)) ?? files.find((file) => /changelog\.gz$/.test(file));
    if (found === undefined) {
      throw new KconformError(`there is no changelog in ${name}`, { code: 'KC_NO_CHANGELOG', blame: 'host' });
    }
    return String(await promisify(gunzip)(await readFile(join(scratch, found))));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Reads a Debian changelog (deb-changelog(5)); under an update to a stable release its items are the titles of commits. */
export function parseChangelog(text: string): ChangelogEntry[] {
  const entries: { packageVersion: string; upstream?: string; title: string }[] = [];
  let packageVersion = '';
  let upstream: string | undefined;
  let open = false;
  for (const line of text.split('\n')) {
    const [, version] = /^linux\S* \(([^)]+)\)/.exec(line) ?? [];
    const [, release] = /ChangeLog-(\d+\.\d+(?:\.\d+)?)\s*$/.exec(line) ?? [];
    const [, bullet, item] = /^ {2}(\*| {2}-) (.*)$/.exec(line) ?? [];
    if (version !== undefined) {
      packageVersion = version;
      upstream = undefined;
      open = false;
    } else if (release !== undefined) {
      upstream = release;
      open = false;
    } else if (item !== undefined && !/^New upstream /.test(item)) {
      if (bullet === '*') upstream = undefined;
      entries.push({ packageVersion, ...(upstream === undefined ? {} : { upstream }), title: item });
      open = true;
    } else if (open && /^ {4,}\S/.test(line)) {
      const last = entries.at(-1);
      if (last !== undefined) last.title += ` ${line.trim()}`;
    } else open = false;
  }
  return entries;
}

/** What came after one kernel and by another, of both which are packages; oldest first. */
export function changesBetween(
  { entries }: Changelog,
  before: PackagedKernel,
  after: PackagedKernel,
): ChangelogEntry[] {
  return entries.filter((entry) => !isIn(entry, before) && isIn(entry, after)).reverse();
}

/** Whether a kernel, which is a package of the changelog's branch, has the change. */
export function isIn({ upstream, packageVersion }: ChangelogEntry, kernel: PackagedKernel): boolean {
  return upstream === undefined
    ? compareDebianVersions(ownVersion(packageVersion), ownVersion(kernel.package?.split('=').at(-1) ?? '')) <= 0
    : compareVersions(upstream, upstreamVersion(kernel)) <= 0;
}

/** Without what marks a build for another release: `6.12.57-1~bpo12+1` has the changes of `6.12.57-1`. */
function ownVersion(packageVersion: string): string {
  return packageVersion.replace(/~(bpo|deb)\d.*$/, '');
}
