import { existsSync, statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hashOf } from '../../cache/known-file.ts';
import { packageError } from './packages.ts';

/** The files of one kernel, wherever they are. */
export interface KernelFiles {
  readonly image: string;
  readonly config: string | undefined;
  /** Folder with its modules: `lib/modules/RELEASE`, or the root of a tree in which it was built. */
  readonly modules: string | undefined;
}

/** Where distributions and make put a kernel's modules below the root. */
const MODULE_FOLDERS = ['lib/modules', 'usr/lib/modules'];

/** The files of the kernel that a tree was built into; undefined where the folder is no such tree. */
export function builtInTree(folder: string): KernelFiles | undefined {
  const config = join(folder, '.config');
  const image = ['arch/x86/boot/bzImage', 'vmlinux'].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (!existsSync(config) || image === undefined) return undefined;
  return { image, config, modules: existsSync(join(folder, 'modules.order')) ? folder : undefined };
}

/**
 * The kernels in a folder: the root of an unpacked package, `lib/modules/RELEASE`, or one that holds vmlinuz, config and
 * modules.
 */
export async function kernelsIn(folder: string): Promise<KernelFiles[]> {
  const found = new Map<string, string>();
  const places = ['', 'boot', ...(await moduleFoldersOf(folder))];
  for (const place of places) {
    const names = (await namesIn(join(folder, place))).filter((name) => isImage(name));
    for (const name of names.sort(byForm)) {
      if (!isFile(join(folder, place, name))) continue;
      const path = await realpath(join(folder, place, name)); // vmlinuz may be a link to vmlinuz-RELEASE
      const installed = MODULE_FOLDERS.includes(dirname(place)) ? basename(place) : '';
      const release = releaseOf(basename(path)) ?? installed;
      const other = found.get(release);
      if (other === undefined) found.set(release, path);
      else if (!name.startsWith('vmlinux') && (await hashOf(other)) !== (await hashOf(path))) {
        throw packageError(folder, `it has several kernels: ${other}, ${path}`, 'name one of the files');
      }
    }
  }
  return Promise.all([...found].map(([release, image]) => filesOf(folder, image, release)));
}

/** What is beside an image that was named by its path. */
export async function filesBeside(image: string): Promise<KernelFiles> {
  const tree = image.endsWith('/arch/x86/boot/bzImage') ? builtInTree(resolve(image, '../../../..')) : undefined;
  if (tree !== undefined) return { ...tree, image };
  return filesOf(dirname(image), image, releaseOf(basename(image)) ?? '');
}

async function filesOf(folder: string, image: string, release: string): Promise<KernelFiles> {
  const beside = dirname(image);
  const roots = [...new Set([folder, beside, dirname(beside)])];
  const end = release === '' ? '' : `-${release}`;
  const installed = roots.flatMap((root) => MODULE_FOLDERS.map((name) => join(root, name, release)));
  const configs = [
    join(beside, `config${end}`),
    join(beside, 'config'),
    join(beside, '.config'),
    join(folder, 'boot', `config${end}`),
    ...installed.map((path) => join(path, 'config')),
  ];
  const named = (await namesIn(beside)).filter((name) => name.startsWith('config-'));
  if (release === '' && named.length === 1) configs.push(join(beside, named[0] ?? ''));
  const alone = release === '' ? (await moduleFoldersOf(folder)).map((name) => join(folder, name)) : [];
  const modules = [
    ...(existsSync(join(beside, 'kernel')) ? [beside] : []),
    join(folder, 'modules'),
    ...(release === '' ? alone.slice(0, alone.length === 1 ? 1 : 0) : installed),
  ];
  return { image, config: configs.find(isFile), modules: modules.find((path) => existsSync(path)) };
}

async function moduleFoldersOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const parent of MODULE_FOLDERS) {
    // On most systems one of the two is a link to the other.
    if (found.length > 0) break;
    found.push(...(await namesIn(join(folder, parent))).map((name) => join(parent, name)));
  }
  return found;
}

/** Not `vmlinuz.hmac`, nor what is kept of an earlier one. */
function isImage(name: string): boolean {
  return /^(vmlinuz|bzImage|vmlinux)(-.*)?$/.test(name) && !/\.(hmac|sig|old|config|json|debug)$/.test(name);
}

/** A compressed image before the same kernel's ELF file, which may have its debug information. */
function byForm(a: string, b: string): number {
  return Number(a.startsWith('vmlinux')) - Number(b.startsWith('vmlinux')) || a.localeCompare(b);
}

function releaseOf(name: string): string | undefined {
  return /^(?:vmlinuz|bzImage|vmlinux)-(\d.*)$/.exec(name)?.[1];
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && /^(ENOENT|ENOTDIR)$/.test(String(error.code))) return [];
    throw error;
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
