import { basename, posix, resolve } from 'node:path';
import { type CpioEntry, writeCpio } from '../../guest/initramfs/cpio.ts';
import { hostPrograms } from '../../guest/initramfs/host-programs.ts';
import { allEntries, type GuestFile } from '../../packages/files/files.ts';
import { librariesOf, readDynamic } from '../../packages/files/libraries.ts';
import { inspect } from './executable.ts';
import { programError } from './faults.ts';

/** Where a program and what stands beside it are put. The root's file system: no `nosuid`, `nodev` or `noexec`. */
export const PROGRAM_FOLDER = '/opt/program';
/** Libraries that the guest may have already, until it is known which. */
const LIBRARIES = '/opt/libraries';

const MIB = 2 ** 20;

/** What a program needs in the guest. */
export interface GuestFiles {
  /** The program's path there. */
  readonly path: string;
  /** A cpio archive for the root. */
  readonly archive: Buffer;
  /** Libraries in the archive: where they lie at first, and where they belong unless the guest has them. */
  readonly libraries: readonly { readonly from: string; readonly to: string }[];
  /** The C library that it is linked with, and the newest version of which it uses a function; undefined for a static program. */
  readonly libc: { readonly path: string; readonly version: string | undefined } | undefined;
  /** Files that were too large to go with it, with their size in MiB. */
  readonly leftOut: readonly { readonly path: string; readonly mib: number }[];
  /** The interpreter of a script. */
  readonly interpreter: string | undefined;
}

/** A program as a file of this host. */
export interface ProgramFile {
  readonly path: string;
  /** Its file name in the guest; default: that of the file. */
  readonly name?: string;
  /** Helpers: FROM:TO[:MODE], FROM relative to `folder`, TO to the program's own folder in the guest. */
  readonly files: readonly string[];
  readonly folder: string;
  /** Leave out helpers of more bytes; default: none. */
  readonly largest?: number;
}

/**
 * Collects what a program needs: itself, the libraries that no guest has, the files beside it.
 * @throws KC_PROGRAM, KC_MACHINE_FILE (case), KC_TOOL_MISSING (host)
 */
export async function collectFiles({
  path,
  name = basename(path),
  files,
  folder,
  largest = Number.POSITIVE_INFINITY,
}: ProgramFile): Promise<GuestFiles> {
  const what = await inspect(path);
  const inGuest = posix.join(PROGRAM_FOLDER, name);
  const dynamic = what.kind === 'elf' ? await readDynamic(path) : undefined;
  const isDynamic = dynamic?.loader !== undefined;
  if (isDynamic && what.kind === 'elf' && what.bits === 32) {
    throw programError(
      `${path} is a 32-bit program that is linked with libraries, which guests do not have`,
      'link it statically: flags -m32 -static',
    );
  }
  const all = isDynamic ? await librariesOf(path) : [];
  const libraries = await missingIn(all);
  const staged = libraries.map((library) => ({ ...library, to: `${LIBRARIES}${library.to}` }));
  const entries = await allEntries([...staged, ...helpers(files, folder), { from: path, to: inGuest, mode: 0o755 }]);
  const isTooLarge = (one: CpioEntry) => `/${one.name}` !== inGuest && (one.data?.length ?? 0) > largest;
  const leftOut = [...entries.values()].filter(isTooLarge);
  return {
    path: inGuest,
    archive: writeCpio([...entries.values()].filter((one) => !isTooLarge(one))),
    leftOut: leftOut.map((one) => ({ path: `/${one.name}`, mib: Math.round((one.data?.length ?? 0) / MIB) })),
    libraries: libraries.map(({ to }) => ({ from: `${LIBRARIES}${to}`, to })),
    libc: libcOf(all, dynamic?.glibc),
    interpreter: what.kind === 'script' ? what.interpreter : undefined,
  };
}

/** The SSH server's libraries are the host's, and in every guest without packages. */
async function missingIn(libraries: readonly GuestFile[]): Promise<readonly GuestFile[]> {
  if (libraries.length === 0) return [];
  const there = new Map((await hostPrograms()).libraries.map(({ place, file }) => [place, file]));
  return libraries.filter(({ to, from }) => there.get(to) !== from);
}

function libcOf(libraries: readonly GuestFile[], version: string | undefined): GuestFiles['libc'] {
  const libc = libraries.find(({ to }) => basename(to) === 'libc.so.6');
  return libc && { path: libc.to, version };
}

function helpers(files: readonly string[], folder: string): GuestFile[] {
  return files.map((text) => {
    const [from = '', to = '', mode] = text.split(':');
    const place = posix.resolve(PROGRAM_FOLDER, to === '' ? '.' : to);
    return {
      from: resolve(folder, from),
      to: to.endsWith('/') ? `${place}/` : place,
      ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }),
    };
  });
}
