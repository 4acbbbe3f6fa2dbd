import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { publishFile } from '../../cache/folder.ts';
import { hashOf } from '../../cache/known-file.ts';
import { KconformError } from '../../errors/error.ts';
import { type CpioEntry, writeCpio } from '../../guest/initramfs/cpio.ts';
import { GUEST_FOLDERS } from '../../guest/initramfs/initramfs.ts';
import type { HashedArchive } from '../../guest/qemu/machine.ts';

/** A file or a folder of the host for the guest. */
export interface GuestFile {
  /** Absolute path on the host. What is in a folder is put into `to`, with its modes and symbolic links. */
  readonly from: string;
  /** Absolute path in the guest. */
  readonly to: string;
  /** Permissions of a file; default: those that it has. */
  readonly mode?: number;
}

export interface FileArchive extends HashedArchive {
  /** How much more memory a guest with the archive needs, in MiB. */
  readonly memoryMiB: number;
}

const MIB = 2 ** 20;
const PAGE = 4096;
const FOLDER = 0o040000;
const FILE = 0o100000;
const LINK = 0o120777;

/** The guest mounts file systems there when it boots, over what is in its root; init removes /modules. */
const MOUNTED = ['dev', 'modules', 'proc', 'run', 'sys', 'tmp'];
/** Without these no guest answers. */
const KEPT = [
  'init',
  'etc/group',
  'etc/passwd',
  'etc/shadow',
  ...['agent', 'busybox', 'dropbear', 'dropbearkey', 'observe', 'scenario', 'sh'].flatMap((name) => [
    `bin/${name}`,
    `usr/bin/${name}`,
  ]),
];
/** Links into /usr in a guest with packages; folders in others. */
const FOLDERS = [...GUEST_FOLDERS, 'bin', 'sbin', 'lib', 'lib64', 'usr/lib', 'usr/lib64', 'usr/sbin'];

/**
 * An archive of files for the guest, which the kernel unpacks behind its initramfs; all belong to root. Kept under the hash of
 * what is in it.
 * @param options.cache folder for the result
 * @throws KC_MACHINE_FILE (case), KC_DISK_FULL, KC_CACHE_UNWRITABLE (host)
 */
export async function fileArchive(
  files: readonly GuestFile[],
  { cache }: { readonly cache: string },
): Promise<FileArchive> {
  const entries = await allEntries(files);
  for (const path of [...entries.keys()]) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
      if (!FOLDERS.includes(folder) && !entries.has(folder))
        entries.set(folder, { name: folder, mode: FOLDER | 0o755 });
    }
  }
  const sorted = [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const archive = writeCpio(sorted);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const path = join(cache, `${sha256.slice(0, 32)}.cpio`);
  if ((await hashOf(path).catch(() => undefined)) !== sha256) await publishFile(path, (to) => writeFile(to, archive));
  const unpacked = sorted.reduce((sum, { data }) => sum + PAGE / 4 + Math.ceil((data?.length ?? 0) / PAGE) * PAGE, 0);
  return { path, size: archive.length, sha256, memoryMiB: Math.ceil((archive.length + 2 * unpacked) / MIB) };
}

/** SHA-256 of all that a guest gets of the files: names, modes, links and bytes. @throws KC_MACHINE_FILE (case) */
export async function contentHash(files: readonly GuestFile[]): Promise<string> {
  const entries = [...(await allEntries(files)).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256').update(writeCpio(entries)).digest('hex');
}

/** What is in the files and folders, by its path in the guest without the first slash. @throws KC_MACHINE_FILE (case) */
export async function allEntries(files: readonly GuestFile[]): Promise<Map<string, CpioEntry>> {
  const entries = new Map<string, CpioEntry>();
  for (const file of files) for (const entry of await entriesOf(file)) entries.set(entry.name, entry);
  return entries;
}

async function entriesOf({ from, to, mode }: GuestFile): Promise<CpioEntry[]> {
  const place = posix.normalize(to).replace(/^\/+/, '').replace(/\/+$/, '');
  if (!to.startsWith('/')) throw refused(`${to} is not an absolute path in the guest`);
  const facts = await stat(from).catch((cause: unknown) => {
    throw refused(`cannot read ${from}: ${reasonOf(cause)}`);
  });
  if (facts.isDirectory()) {
    if (mode !== undefined) throw refused(`${from} is a folder, whose files keep their modes; it cannot have a mode`);
    return folderEntries(from, place === '.' ? '' : place);
  }
  if (to.endsWith('/') || place === '' || FOLDERS.includes(place))
    throw refused(`${to} is a folder of the guest; the file ${from} needs a path of its own`);
  return [await fileEntry(from, place, mode ?? facts.mode & 0o7777)];
}

async function folderEntries(from: string, place: string): Promise<CpioEntry[]> {
  const entries: CpioEntry[] = [];
  if (place !== '' && !FOLDERS.includes(place))
    entries.push({ name: place, mode: FOLDER | ((await stat(from)).mode & 0o7777) });
  for (const name of (await readdir(from)).sort()) {
    const [path, inGuest] = [join(from, name), place === '' ? name : `${place}/${name}`];
    const facts = await lstat(path);
    if (facts.isDirectory()) entries.push(...(await folderEntries(path, inGuest)));
    else if (facts.isSymbolicLink()) entries.push(linkEntry(inGuest, await readlink(path)));
    else if (facts.isFile()) entries.push(await fileEntry(path, inGuest, facts.mode & 0o7777));
    else throw refused(`${path} is neither a file nor a folder nor a symbolic link`);
  }
  return entries;
}

async function fileEntry(from: string, name: string, mode: number): Promise<CpioEntry> {
  refusePlace(name);
  const data = await readFile(from).catch((cause: unknown) => {
    throw refused(`cannot read ${from}: ${reasonOf(cause)}`);
  });
  return { name, mode: FILE | mode, data };
}

function linkEntry(name: string, target: string): CpioEntry {
  refusePlace(name);
  if (FOLDERS.includes(name)) throw refused(`/${name} is a folder of the guest; it cannot be a symbolic link`);
  return { name, mode: LINK, data: Buffer.from(target) };
}

function refusePlace(name: string): void {
  const top = name.split('/')[0] ?? '';
  if (MOUNTED.includes(top)) {
    throw refused(`/${name} would not be seen in the guest, which mounts a file system at /${top}`);
  }
  if (KEPT.includes(name)) throw refused(`/${name} is a program of kconform, which the guest needs`);
}

function refused(message: string): KconformError {
  return new KconformError(message, {
    code: 'KC_MACHINE_FILE',
    blame: 'case',
    hint: 'files for the guest are written as FROM:TO, with an absolute path in the guest outside /dev, /proc, /run, /sys and /tmp',
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
