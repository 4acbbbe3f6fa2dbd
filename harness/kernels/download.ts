import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { cachePath, ensureFolder, publishFile, storageError } from '../cache/folder.ts';
import { withLock } from '../cache/lock.ts';
import { KconformError } from '../errors.ts';
import { type AptOptions, apt } from './apt.ts';
import { imagePath, type PublishedKernel } from './catalogue.ts';
import { readImage } from './image.ts';
import type { Kernel } from './kernel.ts';

const Facts = z.object({ version: z.string(), sha256: z.string(), size: z.number(), mtimeMs: z.number() });

/** The kernel in the cache, or undefined when it is not there or its file is not the one that was written. */
export async function cachedKernel(
  published: Pick<PublishedKernel, 'package' | 'packageVersion'>,
  spec: string,
): Promise<Kernel | undefined> {
  const vmlinux = imagePath(published);
  const facts = await readFile(`${vmlinux}.json`, 'utf8').then(
    (text) => Facts.parse(JSON.parse(text)),
    () => undefined,
  );
  const file = await stat(vmlinux).catch(() => undefined);
  if (facts === undefined || file?.size !== facts.size || file.mtimeMs !== facts.mtimeMs) return undefined;
  return {
    spec,
    version: facts.version,
    package: `${published.package}=${published.packageVersion}`,
    vmlinux,
    sha256: facts.sha256,
  };
}

/**
 * Fetches a published kernel into the cache, once: apt verifies what it downloads against its signed lists.
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_DISK_FULL, KC_CACHE_UNWRITABLE
 */
export async function fetchKernel(
  published: PublishedKernel,
  spec: string,
  { signal, progress }: AptOptions,
): Promise<Kernel> {
  const before = await cachedKernel(published, spec);
  if (before !== undefined) return before;
  const folder = dirname(imagePath(published));
  await ensureFolder(folder);
  const lock = { awaited: `another run that fetches ${published.version}`, ...(signal ? { signal } : {}) };
  return withLock(join(folder, 'lock'), lock, async () => {
    const meanwhile = await cachedKernel(published, spec);
    if (meanwhile !== undefined) return meanwhile;
    progress?.(`downloading ${published.version}`);
    const scratch = await ensureFolder(join(folder, 'download'));
    try {
      const deb = await download(published, scratch, signal);
      progress?.(`unpacking ${published.version}`);
      await unpack(deb, scratch, published);
      await store(scratch, published);
    } catch (error) {
      throw storageError(error, folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    const kernel = await cachedKernel(published, spec);
    if (kernel === undefined) throw corrupt(published, 'the unpacked image is not what was written');
    return kernel;
  });
}

async function download(published: PublishedKernel, scratch: string, signal: AbortSignal | undefined): Promise<string> {
  const name = `${published.package}=${published.packageVersion}`;
  const result = await apt('apt-get', ['download', '-q', name], { cwd: scratch, signal });
  const deb = (await readdir(scratch)).find((file) => file.endsWith('.deb'));
  if (result.exitCode === 0 && deb !== undefined) return join(scratch, deb);
  if (signal?.aborted)
    throw new KconformError(`interrupted while downloading ${name}`, { code: 'KC_INTERRUPTED', blame: 'host' });
  if (/No space left/.test(result.stderr)) {
    throw new KconformError(`the disk is full: cannot download ${name}`, {
      code: 'KC_DISK_FULL',
      blame: 'host',
      hint: 'free some space, or set XDG_CACHE_HOME to a folder on another disk',
    });
  }
  if (/Hash Sum mismatch|unexpected size/.test(result.stderr)) throw corrupt(published, 'its checksum is wrong');
  throw new KconformError(`could not download ${name}`, {
    code: 'KC_DOWNLOAD',
    blame: 'host',
    hint: 'check the network; npx kconform kernels --refresh tells what is published now',
    evidence: { output: result.stderr },
  });
}

async function unpack(deb: string, scratch: string, published: PublishedKernel): Promise<void> {
  const members = ['./boot/vmlinuz-*', './usr/lib/modules/*/vmlinuz', './boot/config-*', './usr/lib/modules/*/config'];
  const tar = execa('dpkg-deb', ['--fsys-tarfile', deb], { buffer: false, reject: false, encoding: 'buffer' });
  const result = await tar.pipe('tar', ['-x', '-C', scratch, '--wildcards', ...members], { reject: false });
  // tar names the patterns that it did not find; what matters is whether an image came out.
  if (/No space left/.test(String(result.stderr))) throw Object.assign(new Error('No space left'), { code: 'ENOSPC' });
  if ((await tar).exitCode !== 0) throw corrupt(published, 'it cannot be unpacked');
}

async function store(scratch: string, published: PublishedKernel): Promise<void> {
  const files = await readdir(scratch, { recursive: true });
  const image = files.find((file) => /(^|\/)vmlinuz[^/]*$/.test(file));
  if (image === undefined) throw corrupt(published, 'there is no kernel image in it');
  const { vmlinux, version } = await readImage(await readFile(join(scratch, image)), published.package);
  const path = imagePath(published);
  const config = files.find((file) => /(^|\/)config[^/]*$/.test(file));
  if (config !== undefined)
    await publishFile(`${path}.config`, async (to) => writeFile(to, await readFile(join(scratch, config))));
  await storeImage(path, vmlinux, version);
}

/** Writes an image with what tells it apart from a damaged one. */
async function storeImage(path: string, vmlinux: Buffer, version: string): Promise<void> {
  await publishFile(path, (to) => writeFile(to, vmlinux));
  const { size, mtimeMs } = await stat(path);
  const sha256 = createHash('sha256').update(vmlinux).digest('hex');
  await publishFile(`${path}.json`, (to) => writeFile(to, JSON.stringify({ version, sha256, size, mtimeMs })));
}

/** A kernel that the user named by its path; its uncompressed image is kept in the cache under the file's hash. */
export async function kernelFromFile(file: string, spec: string): Promise<Kernel> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new KconformError(
      `cannot read the kernel ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: 'KC_NO_SUCH_KERNEL',
        blame: 'host',
        hint: 'name a bzImage or vmlinux that you can read',
        cause,
      },
    );
  });
  const path = cachePath('kernels', `file-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`, 'vmlinux');
  const { vmlinux, version } = await readImage(bytes, file);
  const sha256 = createHash('sha256').update(vmlinux).digest('hex');
  const stored = await readFile(path).catch(() => undefined);
  if (stored === undefined || !stored.equals(vmlinux)) await storeImage(path, vmlinux, version);
  return { spec, version, package: null, vmlinux: path, sha256 };
}

function corrupt(published: PublishedKernel, why: string): KconformError {
  return new KconformError(`the download of ${published.package} ${published.packageVersion} is corrupt: ${why}`, {
    code: 'KC_DOWNLOAD_CORRUPT',
    blame: 'host',
    hint: 'it was discarded; run again',
  });
}
