import { existsSync } from 'node:fs';
import { realpath, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { cachePath, ensureFolder, storageError } from '../../cache/folder.ts';
import { pathsBelow } from '../../cache/folder-content.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import type { Kernel } from '../kernel.ts';
import { archiveNamed } from '../sources/archive.ts';
import { type AptOptions, apt, ensureLists } from './apt.ts';
import { parseSizes } from './catalogue.ts';
import { corrupt, downloadPackage } from './download.ts';

/** The image as it is published, 346 MB for 6.12: gdb unwinds stacks with .debug_frame and finds variables with .debug_loclists. */
const WHOLE = 'vmlinux';
/** At 200 kB/s. */
const DOWNLOAD_LIMIT_MS = 30 * 60 * 1000;

/**
 * The kernel with the debug information that is published for it (`-dbg`), downloaded into the cache once; a build and a kernel that has
 * it already as they are. Where there is none, `symbols` says why.
 * @throws KC_INTERRUPTED
 */
export async function withSymbols(kernel: Kernel, options: AptOptions): Promise<Kernel> {
  if (kernel.symbols !== undefined) return kernel;
  if (kernel.package === null) return without(kernel, 'no debug information is published for a file', options);
  const path = cachePath('symbols', basename(dirname(kernel.vmlinux)), WHOLE);
  const lock = {
    awaited: `another run that fetches the symbols of ${kernel.version}`,
    ...(options.signal ? { signal: options.signal } : {}),
    onWait: (message: string) => options.progress?.(message),
  };
  try {
    if (!existsSync(path)) {
      await withLock(join(dirname(path), 'lock'), lock, async () => {
        if (!existsSync(path)) await fetchSymbols(kernel, kernel.package ?? '', path, options);
      });
    }
  } catch (error) {
    if (!(error instanceof KconformError) || error.code === 'KC_INTERRUPTED') throw error;
    return without(kernel, error.message, options);
  }
  const now = new Date();
  await utimes(dirname(path), now, now).catch(() => undefined); // the least recently used is given up first
  return { ...kernel, symbols: path };
}

function without(kernel: Kernel, missing: string, { progress }: AptOptions): Kernel {
  progress?.(`no symbols for ${kernel.version}: ${missing}`);
  return { ...kernel, symbols: { missing } };
}

/** @param image `NAME=VERSION`, of a declared source `SOURCE:NAME=VERSION` */
async function fetchSymbols(kernel: Kernel, image: string, path: string, options: AptOptions): Promise<void> {
  const { signal, progress } = options;
  const name = image.replace(/linux-(binary|image-unsigned)-/, 'linux-image-').replace('=', '-dbg=');
  const scratch = join(dirname(path), 'download');
  try {
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    await ensureFolder(join(scratch, 'content'));
    const size = await sizeOf(name, options);
    progress?.(`downloading the symbols of ${kernel.version} (${Math.ceil(size / 1e6)} MB)`);
    const deb = await downloadPackage(name, scratch, signal, DOWNLOAD_LIMIT_MS);
    progress?.(`unpacking the symbols of ${kernel.version}`);
    const vmlinux = await unpack(deb, join(scratch, 'content'), name);
    if ((await buildId(vmlinux)) !== (await buildId(kernel.vmlinux))) {
      throw corrupt(name, 'its image is not the one that was booted');
    }
    await rename(await realpath(vmlinux), path); // a package has the image once, and links to it
  } catch (error) {
    throw storageError(error, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Bytes of a package. @throws KC_NO_SYMBOLS where it is not published */
async function sizeOf(name: string, options: AptOptions): Promise<number> {
  const [, source = 'debian', own = name] = /^([a-z][a-z0-9-]*):(.*)$/s.exec(name) ?? [];
  const archive = await archiveNamed(source);
  await ensureLists(options, archive);
  const { stdout } = await apt('apt-cache', ['show', own], { signal: options.signal, archive });
  const size = parseSizes(stdout).get(own);
  if (size !== undefined) return size;
  throw new KconformError(`${name} is not published`, { code: 'KC_NO_SYMBOLS', blame: 'host' });
}

async function unpack(deb: string, folder: string, name: string): Promise<string> {
  const tar = execa('dpkg-deb', ['--fsys-tarfile', deb], { buffer: false, reject: false, encoding: 'buffer' });
  const members = ['*/boot/vmlinux-*', '*/modules/*/vmlinux'];
  const result = await tar.pipe('tar', ['-x', '-C', folder, '--wildcards', ...members], { reject: false });
  // tar names the patterns that it did not find; what matters is whether an image came out.
  if (/No space left/.test(String(result.stderr))) throw noSpace(String(result.stderr));
  if ((await tar).exitCode !== 0) throw corrupt(name, 'it cannot be unpacked');
  const files = await pathsBelow(folder);
  const vmlinux = files.find((file) => /(^|\/)vmlinux[^/]*$/.test(file));
  if (vmlinux === undefined) throw corrupt(name, 'there is no image in it');
  return join(folder, vmlinux);
}

/** Undefined where there is none, or no binutils. */
async function buildId(vmlinux: string): Promise<string | undefined> {
  const { stdout } = await execa('readelf', ['-n', vmlinux], { reject: false });
  return /Build ID: ([0-9a-f]+)/.exec(String(stdout ?? ''))?.[1];
}

function noSpace(output: string): Error {
  return Object.assign(new Error(output), { code: 'ENOSPC' });
}
