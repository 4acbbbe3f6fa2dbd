import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { ensureFolder, publishFile, storageError } from '../../cache/folder.ts';
import { pathsBelow } from '../../cache/folder-content.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { parseConfig, readConfig } from '../config.ts';
import { fitKernel } from '../fitness.ts';
import { readImage } from '../image.ts';
import type { Kernel } from '../kernel.ts';
import { modulesNeeded, readModules } from '../modules/drivers.ts';
import { archiveNamed } from '../sources/archive.ts';
import { storedKernel, storeImage } from '../stored-image.ts';
import { type AptOptions, apt } from './apt.ts';
import { imagePath, type PublishedKernel, packageOf } from './catalogue.ts';

/**
 * The kernel in the cache, or undefined when it is not there or its file is not the one that was written.
 * @throws KC_KERNEL_UNFIT
 */
export async function cachedKernel(
  published: Pick<PublishedKernel, 'package' | 'packageVersion' | 'source'>,
  spec: string,
  progress?: (message: string) => void,
): Promise<Kernel | undefined> {
  const kernel = await storedKernel(imagePath(published), packageOf(published), spec, progress);
  // One that was kept before modules were looked for, and needs some, is fetched anew.
  if (kernel?.modules === undefined && kernel !== undefined && (await needsModules(kernel))) return undefined;
  return kernel && fitKernel(kernel);
}

/**
 * Fetches a published kernel into the cache, once: apt verifies what it downloads against its signed lists.
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_TOOL_MISSING, KC_INTERRUPTED,
 *   KC_KERNEL_UNFIT
 */
export async function fetchKernel(
  published: PublishedKernel,
  spec: string,
  { signal, progress }: AptOptions,
): Promise<Kernel> {
  const before = await cachedKernel(published, spec, progress);
  if (before !== undefined) return before;
  const folder = dirname(imagePath(published));
  const awaited = `another run that fetches ${published.version}`;
  const lock = { awaited, ...(signal ? { signal } : {}), onWait: (message: string) => progress?.(message) };
  return withLock(join(folder, 'lock'), lock, async () => {
    const meanwhile = await cachedKernel(published, spec, progress);
    if (meanwhile !== undefined) return meanwhile;
    const scratch = join(folder, 'download');
    try {
      await rm(scratch, { recursive: true, force: true }); // of a run that was killed
      await ensureFolder(join(scratch, 'content'));
      progress?.(`downloading ${published.version}${inMegabytes(published.size)}`);
      const deb = await downloadPackage(packageOf(published), scratch, signal);
      progress?.(`unpacking ${published.version}`);
      await unpackDeb(deb, join(scratch, 'content'), IMAGE);
      await addConfig(published, scratch, signal);
      await store(deb, join(scratch, 'content'), published);
    } catch (error) {
      throw storageError(error, folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    const kernel = await cachedKernel(published, spec);
    if (kernel === undefined) throw corrupt(published.package, 'the unpacked image changed after it was written');
    return kernel;
  });
}

function inMegabytes(size: number | null): string {
  return size === null ? '' : ` (${Math.ceil(size / 1e6)} MB)`;
}

/**
 * Fetches `NAME=VERSION`, of a declared source `SOURCE:NAME=VERSION`, into the folder; apt checks it against its signed lists.
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_KERNEL_SOURCE
 */
export async function downloadPackage(
  full: string,
  folder: string,
  signal: AbortSignal | undefined,
  limitMs?: number,
): Promise<string> {
  const [, source = 'debian', name = full] = /^([a-z][a-z0-9-]*):(.*)$/s.exec(full) ?? [];
  const archive = await archiveNamed(source);
  const result = await apt('apt-get', ['download', '-q', name], {
    cwd: folder,
    signal,
    archive,
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  const deb = (await readdir(folder)).find(
    (file) => file.startsWith(`${name.split('=')[0]}_`) && file.endsWith('.deb'),
  );
  if (result.exitCode === 0 && deb !== undefined) return join(folder, deb);
  if (/No space left/.test(result.stderr)) throw noSpace(result.stderr);
  if (/Hash Sum mismatch|unexpected size/.test(result.stderr)) throw corrupt(name, 'its checksum is wrong');
  throw new KconformError(`could not download ${full}`, {
    code: 'KC_DOWNLOAD',
    blame: 'host',
    hint: 'check the network; npx kconform kernels --refresh updates the list of published kernels',
    evidence: { output: result.stderr },
  });
}

/**
 * Where a package holds the image alone, the configuration is in another: linux-base of Debian from 7.2 on, linux-modules of Ubuntu. A
 * kernel without it can be used still.
 */
async function addConfig(published: PublishedKernel, scratch: string, signal: AbortSignal | undefined): Promise<void> {
  const content = join(scratch, 'content');
  const other = packageBeside(published);
  if (other === undefined || (await findConfig(content)) !== undefined) return;
  try {
    const deb = await downloadPackage(other, scratch, signal);
    await unpackDeb(deb, content, IMAGE);
  } catch (error) {
    if (!isNotPublished(error)) throw error;
  }
}

/** apt's words for a package, or a version of it, that no list has. */
function isNotPublished(error: unknown): boolean {
  const output = error instanceof KconformError && error.code === 'KC_DOWNLOAD' ? error.evidence.output : undefined;
  return /Unable to locate package|Version '.*' for '.*' was not found|no installation candidate/.test(output ?? '');
}

function packageBeside(published: PublishedKernel): string | undefined {
  const name = packageOf(published);
  if (published.package.startsWith('linux-binary-')) return name.replace('linux-binary-', 'linux-base-');
  if (published.source === undefined) return undefined;
  return name.replace(/linux-image-(unsigned-)?/, 'linux-modules-');
}

async function findConfig(folder: string): Promise<string | undefined> {
  return (await pathsBelow(folder)).find((file) => /(^|\/)config(-[^/]*)?$/.test(file));
}

const IMAGE = ['./boot/vmlinuz-*', './usr/lib/modules/*/vmlinuz', './boot/config-*', './usr/lib/modules/*/config'];

/** Modules, and the lists of those that are built in. */
export const MODULE_FILES = ['./lib/modules/*/*.ko*', './usr/lib/modules/*/*.ko*', '*/modules.builtin*'];

/** Unpacks the members of a package that match the patterns. @throws KC_DOWNLOAD_CORRUPT, and ENOSPC of the disk */
export async function unpackDeb(deb: string, scratch: string, members: readonly string[]): Promise<void> {
  const tar = execa('dpkg-deb', ['--fsys-tarfile', deb], { buffer: false, reject: false, encoding: 'buffer' });
  const result = await tar.pipe('tar', ['-x', '-C', scratch, '--wildcards', ...members], { reject: false });
  // tar names the patterns that it did not find; what matters is whether an image came out.
  if (/No space left/.test(String(result.stderr))) throw noSpace(String(result.stderr));
  if ((await tar).exitCode !== 0) throw corrupt(deb, 'it cannot be unpacked');
}

/** Where they are in a package of their own, it was downloaded for the configuration. */
async function unpackModules(deb: string, content: string): Promise<void> {
  const folder = dirname(deb);
  const debs = (await readdir(folder)).filter((file) => file.endsWith('.deb'));
  for (const one of debs) await unpackDeb(join(folder, one), content, MODULE_FILES);
}

async function store(deb: string, scratch: string, published: PublishedKernel): Promise<void> {
  const files = await pathsBelow(scratch);
  const image = files.find((file) => /(^|\/)vmlinuz[^/]*$/.test(file));
  if (image === undefined) throw corrupt(published.package, 'there is no kernel image in it');
  const { vmlinux, version } = await readImage(await readFile(join(scratch, image)), published.package);
  const path = imagePath(published);
  const config = await findConfig(scratch);
  if (config !== undefined) await publishFile(`${path}.config`, (to) => copyFile(join(scratch, config), to));
  const needed = config === undefined ? [] : modulesNeeded(parseConfig(await readFile(join(scratch, config), 'utf8')));
  if (needed.length > 0) await unpackModules(deb, scratch);
  await storeImage(path, vmlinux, version, needed.length === 0 ? undefined : await readModules(scratch, needed));
}

async function needsModules(kernel: Kernel): Promise<boolean> {
  const config = await readConfig(kernel);
  return config !== null && modulesNeeded(config).length > 0;
}

function noSpace(output: string): Error {
  return Object.assign(new Error(output), { code: 'ENOSPC' });
}

/** @param why what is wrong with the package */
export function corrupt(name: string, why: string): KconformError {
  return new KconformError(`the download of ${name} is corrupt: ${why}`, {
    code: 'KC_DOWNLOAD_CORRUPT',
    blame: 'host',
    hint: 'it was discarded; run again',
  });
}
