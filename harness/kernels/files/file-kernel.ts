import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cachePath, ensureFolder, publishFile, storageError } from '../../cache/folder.ts';
import { hashOf } from '../../cache/known-file.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { embeddedConfig, parseConfig } from '../config.ts';
import type { AptOptions } from '../debian/apt.ts';
import { fitKernel } from '../fitness.ts';
import { readImage } from '../image.ts';
import type { Kernel } from '../kernel.ts';
import { modulesNeeded, readModules } from '../modules/drivers.ts';
import { storedTreeOf, storeTree } from '../modules/stored-tree.ts';
import { storedKernel, storeImage } from '../stored-image.ts';
import { builtInTree, filesBeside, type KernelFiles, kernelsIn } from './layout.ts';
import { formatOf, packageError, packagesIn, unpackPackage } from './packages.ts';
import { downloadUrl, isUrl, parseUrl } from './url.ts';

/**
 * A kernel that the user named: an image, a package or several, a folder with either, a tree in which it was built, or the
 * address of an image or a package. Its uncompressed image is kept in the cache; so are the modules of packages.
 * @param text a path, several with commas between them, or an address
 * @throws KC_NO_SUCH_KERNEL, KC_NOT_A_KERNEL, KC_KERNEL_PACKAGE, KC_NO_PVH_ENTRY, KC_KERNEL_UNFIT, KC_TOOL_MISSING, KC_DOWNLOAD,
 *   KC_DOWNLOAD_CORRUPT, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_INTERRUPTED
 */
export async function kernelFromFile(text: string, spec: string, options: AptOptions = {}): Promise<Kernel> {
  if (isUrl(text)) return kernelFromUrl(text, spec, options);
  const paths = (existsSync(text) ? [text] : text.split(',')).map((path) => resolve(path));
  const folders: string[] = [];
  for (const path of paths) if (await isFolder(path)) folders.push(path);
  const [folder] = folders;
  if (folder === undefined) {
    const [only] = paths;
    if (paths.length > 1 || (await formatOf(only ?? '')) !== undefined) return kernelFromPackages(paths, spec, options);
    return kernelFromFiles(await filesBeside(only ?? ''), spec, options);
  }
  if (paths.length > 1)
    throw packageError(folder, 'it is a folder among several files', 'name files, or one folder with them');
  const tree = builtInTree(folder);
  if (tree !== undefined) return kernelFromFiles(tree, spec, options);
  const packages = await packagesIn(folder);
  if (packages.length > 0) return kernelFromPackages(packages, spec, options);
  return kernelFromFiles(onlyOne(await kernelsIn(folder), folder), spec, options);
}

function folderOf(key: string): string {
  return cachePath('kernels', `file-${key.slice(0, 32)}`);
}

/** The kernel in the cache, with the folder of its modules. */
async function stored(vmlinux: string, modules: string | undefined, spec: string, progress: AptOptions['progress']) {
  const kernel = await storedKernel(vmlinux, null, spec, progress);
  return kernel && (modules === undefined ? kernel : { ...kernel, moduleFolder: modules });
}

/** One process at a time makes what is not there yet; what was unpacked on the way is removed. */
async function obtain(
  folder: string,
  { signal, progress }: AptOptions,
  awaited: string,
  look: () => Promise<Kernel | undefined>,
  make: (scratch: string) => Promise<void>,
): Promise<Kernel> {
  const before = await look();
  if (before !== undefined) return fitKernel(before);
  const lock = { awaited, ...(signal ? { signal } : {}), onWait: (message: string) => progress?.(message) };
  return withLock(join(folder, 'lock'), lock, async () => {
    const scratch = join(folder, 'unpacked');
    try {
      await rm(scratch, { recursive: true, force: true }); // of a run that was killed
      await ensureFolder(scratch);
      await make(scratch);
    } catch (error) {
      throw storageError(error, folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    const kernel = await look();
    if (kernel !== undefined) return fitKernel(kernel);
    throw new KconformError(`${folder} changed while the kernel was written`, { code: 'KC_KERNEL', blame: 'host' });
  });
}

/** Files that stay where they are: the image is copied, modules are read when they are asked for. */
async function kernelFromFiles(files: KernelFiles, spec: string, options: AptOptions): Promise<Kernel> {
  const bytes = await readFile(files.image).catch((cause: unknown) => {
    throw unreadable(files.image, cause);
  });
  const image = createHash('sha256').update(bytes).digest('hex');
  const folder = folderOf(await keyOf(image, files));
  const vmlinux = join(folder, 'vmlinux');
  const look = () => stored(vmlinux, files.modules, spec, options.progress);
  return obtain(folder, options, `another run that unpacks ${files.image}`, look, () =>
    storeFiles(files, bytes, vmlinux),
  );
}

/** The same image with another configuration or other drivers is another entry of the cache, and has the same id. */
async function keyOf(image: string, { config, modules }: KernelFiles): Promise<string> {
  if (config === undefined) return image;
  const text = await readFile(config, 'utf8');
  const needed = modulesNeeded(parseConfig(text));
  const drivers = modules === undefined || needed.length === 0 ? [] : await readModules(modules, needed);
  const hash = createHash('sha256').update(`${image}\0${text}\0`);
  for (const { bytes } of drivers) hash.update(bytes);
  return hash.digest('hex');
}

async function storeFiles(files: KernelFiles, bytes: Buffer, path: string): Promise<void> {
  const { image, modules } = files;
  const { vmlinux, version } = await readImage(bytes, image);
  // That of another kernel, beside an image that has no release in its name.
  const isForeign = /^config-./.test(basename(files.config ?? '')) && !files.config?.endsWith(`config-${version}`);
  const config = isForeign ? undefined : files.config;
  if (config !== undefined) await publishFile(`${path}.config`, (to) => copyFile(config, to));
  const text = config === undefined ? embeddedConfig(vmlinux) : await readFile(config, 'utf8');
  const needed = text === undefined ? [] : modulesNeeded(parseConfig(text));
  const drivers = needed.length === 0 || modules === undefined ? undefined : await readModules(modules, needed);
  await storeImage(path, vmlinux, version, drivers);
}

async function kernelFromPackages(paths: readonly string[], spec: string, options: AptOptions): Promise<Kernel> {
  const hashes: string[] = [];
  for (const path of paths) {
    hashes.push(
      await hashOf(path).catch((cause: unknown) => {
        throw unreadable(path, cause);
      }),
    );
  }
  const [only = ''] = hashes;
  const key = hashes.length === 1 ? only : createHash('sha256').update(hashes.join()).digest('hex');
  const folder = folderOf(key);
  const look = () => lookForPackage(folder, spec, options);
  const label = paths.map((path) => basename(path)).join(', ');
  return obtain(folder, options, `another run that unpacks ${label}`, look, async (scratch) => {
    options.progress?.(`unpacking ${label}`);
    for (const path of paths) await unpackPackage(path, scratch, options.signal);
    await storePackage(scratch, folder, label);
  });
}

/** undefined as well when its modules were given up. */
async function lookForPackage(folder: string, spec: string, { progress }: AptOptions): Promise<Kernel | undefined> {
  const vmlinux = join(folder, 'vmlinux');
  const tree = storedTreeOf(vmlinux);
  if (existsSync(tree)) return stored(vmlinux, tree, spec, progress);
  return existsSync(join(folder, NO_MODULES)) ? stored(vmlinux, undefined, spec, progress) : undefined;
}

const NO_MODULES = 'no-modules';

async function storePackage(scratch: string, folder: string, label: string): Promise<void> {
  const files = onlyOne(await kernelsIn(scratch), label);
  const path = join(folder, 'vmlinux');
  await storeFiles(files, await readFile(files.image), path);
  if (files.modules === undefined) {
    await mkdir(join(folder, NO_MODULES), { recursive: true });
    return;
  }
  const moved = join(folder, 'modules-of-package');
  await rm(moved, { recursive: true, force: true });
  await rename(files.modules, moved);
  await storeTree(moved, storedTreeOf(path));
}

async function kernelFromUrl(text: string, spec: string, options: AptOptions): Promise<Kernel> {
  const url = parseUrl(text);
  const folder = folderOf(url.sha256);
  const look = () => lookForPackage(folder, spec, options);
  return obtain(folder, options, `another run that downloads ${url.address}`, look, async (scratch) => {
    const file = join(folder, 'download');
    try {
      options.progress?.(`downloading ${url.address}`);
      await downloadUrl(url, file, options.signal);
      if ((await formatOf(file)) === undefined) {
        const files = { image: file, config: undefined, modules: undefined };
        await storeFiles(files, await readFile(file), join(folder, 'vmlinux'));
        await mkdir(join(folder, NO_MODULES), { recursive: true });
        return;
      }
      options.progress?.(`unpacking ${url.name}`);
      await unpackPackage(file, scratch, options.signal);
      await storePackage(scratch, folder, url.name);
    } finally {
      await rm(file, { force: true });
    }
  });
}

/** @throws KC_KERNEL_PACKAGE */
function onlyOne(kernels: readonly KernelFiles[], place: string): KernelFiles {
  const [kernel, another] = kernels;
  if (kernel === undefined) {
    const hint =
      'packages of headers, modules or symbols have none: name the package with boot/vmlinuz or lib/modules/…/vmlinuz as well';
    throw packageError(place, 'there is no kernel image in it', hint);
  }
  if (another === undefined) return kernel;
  const names = kernels.map(({ image }) =>
    basename(image) === 'vmlinuz' ? basename(dirname(image)) : basename(image),
  );
  throw packageError(
    place,
    `it has ${kernels.length} kernels: ${names.sort().join(', ')}`,
    'name one of the images by its path',
  );
}

/** @throws KC_NO_SUCH_KERNEL */
async function isFolder(path: string): Promise<boolean> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return facts.isDirectory();
}

function unreadable(file: string, cause: unknown): KconformError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why = code === 'ENOENT' ? 'there is no such file' : String(code ?? cause);
  return new KconformError(`cannot read the kernel ${file}: ${why}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: 'name a kernel that you can read, or a version: npx kconform kernels lists them',
    cause,
  });
}
