import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cachePath, ensureFolder, publishFile } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { apt, ensureLists } from '../../kernels/debian/apt.ts';
import { compareDebianVersions } from '../../kernels/debian/debian-version.ts';
import type { Archive } from '../../kernels/sources/archive.ts';
import type { SuiteOptions } from '../built.ts';

const LISTS_LAST_MS = 24 * 60 * 60 * 1000;

/** A state of apt for lists of source packages, which those of kernels and packages leave out. */
function sourcePackages(): Archive {
  return { source: undefined, folder: cachePath('apt-source-packages') };
}

/**
 * The newest version of a source package in the suites of the host's Debian mirror, sid among them.
 * @throws KC_NO_SUCH_SOURCE, KC_NO_APT, KC_NO_PACKAGE_LISTS, KC_INTERRUPTED (host)
 */
export async function newestVersion(name: string, options: SuiteOptions): Promise<string> {
  await ensureSourceLists(options);
  const call = { archive: sourcePackages(), signal: options.signal };
  const { stdout } = await apt('apt-cache', ['showsrc', '--only-source', name], call);
  const versions = [...stdout.matchAll(/^Version: (\S+)$/gm)].map(([, version = '']) => version);
  const newest = versions.sort(compareDebianVersions).at(-1);
  if (newest !== undefined) return newest;
  throw new KconformError(`Debian has no source package ${name}`, {
    code: 'KC_NO_SUCH_SOURCE',
    blame: 'host',
    hint: 'the mirror in the sources of this host must have source packages (deb-src)',
  });
}

/**
 * Downloads and unpacks a source package; apt checks it against its signed lists.
 * @param folder for the unpacked source; replaced
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_TOOL_MISSING, KC_INTERRUPTED (host)
 */
export async function unpackSource(
  name: string,
  version: string,
  folder: string,
  { signal, progress }: SuiteOptions,
): Promise<void> {
  const scratch = `${folder}.download`;
  await rm(scratch, { recursive: true, force: true }); // of a run that was killed
  await rm(folder, { recursive: true, force: true });
  await ensureFolder(scratch);
  try {
    progress?.(`downloading the source of ${name} ${version}`);
    const call = { cwd: scratch, archive: sourcePackages(), signal };
    const result = await apt('apt-get', ['source', '--download-only', '-q', `${name}=${version}`], call);
    const description = (await readdir(scratch)).find((file) => file.endsWith('.dsc'));
    if (result.exitCode !== 0 || description === undefined) {
      throw new KconformError(`could not download the source of ${name} ${version}`, {
        code: 'KC_DOWNLOAD',
        blame: 'host',
        hint: 'check the network',
        evidence: { output: result.stderr },
      });
    }
    await unpack(join(scratch, description), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Without dpkg-dev's own check of signatures: apt has checked the sums of all files. */
async function unpack(description: string, folder: string): Promise<void> {
  const result = await execa('dpkg-source', ['--no-check', '-x', description, folder], { reject: false });
  if (result.exitCode === 0) return;
  const isMissing = result.code === 'ENOENT';
  throw new KconformError(isMissing ? 'dpkg-source is not installed' : 'the source package could not be unpacked', {
    code: isMissing ? 'KC_TOOL_MISSING' : 'KC_DOWNLOAD_CORRUPT',
    blame: 'host',
    hint: isMissing ? 'apt-get install dpkg-dev' : 'it was discarded; run again',
    evidence: { output: result.stderr },
  });
}

async function ensureSourceLists({ signal, progress }: SuiteOptions): Promise<void> {
  const own = sourcePackages();
  const stamp = join(own.folder, 'updated');
  const updated = await stat(stamp).catch(() => undefined);
  if (updated !== undefined && Date.now() - updated.mtimeMs < LISTS_LAST_MS) return;
  await ensureLists({ ...(signal && { signal }), ...(progress && { progress }) });
  const lock = {
    awaited: 'another run that fetches lists of source packages',
    ...(signal ? { signal } : {}),
    onWait: (message: string) => progress?.(message),
  };
  await withLock(join(own.folder, 'lists.lock'), lock, async () => {
    for (const name of ['state/lists/partial', 'cache/archives/partial']) await ensureFolder(join(own.folder, name));
    const binary = await readFile(cachePath('apt', 'sources.list'), 'utf8');
    await publishFile(join(own.folder, 'sources.list'), (path) => writeFile(path, sourceLines(binary)));
    progress?.('fetching lists of source packages');
    const noHooks = ['-c', cachePath('apt', 'no-hooks.conf')];
    const result = await apt('apt-get', [...noHooks, 'update', '-q'], { archive: own, signal });
    const came = /^(Hit|Get):\d+ /m.test(result.stdout);
    if (came) await publishFile(stamp, (path) => writeFile(path, new Date().toISOString()));
    else if (updated === undefined) throw noLists(result.stderr);
    else progress?.(`no network: using the lists of source packages of ${updated.mtime.toISOString().slice(0, 10)}`);
  });
}

/** Of the newest stable release and of sid; the others have older versions. */
export function sourceLines(binary: string): string {
  const lines = binary.split('\n').filter((line) => /^deb .* (trixie(-security)?|sid) /.test(line));
  return lines.map((line) => `${line.replace(/^deb /, 'deb-src ').replace('arch=amd64 ', '')}\n`).join('');
}

function noLists(output: string): KconformError {
  return new KconformError('could not fetch lists of source packages', {
    code: 'KC_NO_PACKAGE_LISTS',
    blame: 'host',
    hint: 'check the network, and the Debian mirror in the sources of apt',
    evidence: { output },
  });
}
