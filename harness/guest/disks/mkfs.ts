import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import type { FileSystem } from '../../machine/machine.ts';
import { noSpaceError } from './copy-sparse.ts';
import { devicesError } from './request.ts';

interface Maker {
  readonly program: string;
  readonly options: readonly string[];
  readonly debianPackage: string;
}

const MAKERS: Readonly<Record<FileSystem, Maker>> = {
  ext4: {
    program: 'mkfs.ext4',
    // All at once, so that no kernel thread goes on initializing after the mount.
    options: ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0'],
    debianPackage: 'e2fsprogs',
  },
  xfs: { program: 'mkfs.xfs', options: ['-q', '-f'], debianPackage: 'xfsprogs' },
  btrfs: { program: 'mkfs.btrfs', options: ['-q', '-f'], debianPackage: 'btrfs-progs' },
  vfat: { program: 'mkfs.vfat', options: [], debianPackage: 'dosfstools' },
};

/** An ordinary user's PATH on Debian lacks the folders of these programs. */
const SEARCH = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];

/** The path of the program that makes the file system. @throws KC_TOOL_MISSING (host) with its package */
export async function findMaker(fileSystem: FileSystem): Promise<string> {
  const { program, debianPackage } = MAKERS[fileSystem];
  for (const folder of SEARCH) {
    const path = join(folder, program);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new KconformError(`${program} is not installed; a disk with ${fileSystem} needs it`, {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: `apt-get install ${debianPackage}`,
  });
}

/** Makes a file system on the whole of an image. @throws KC_DEVICES (case) with the reason of the program, ENOSPC */
export async function makeFileSystem(fileSystem: FileSystem, maker: string, image: string): Promise<void> {
  const { options, program } = MAKERS[fileSystem];
  const { exitCode, all } = await execa(maker, [...options, image], { reject: false, all: true });
  if (exitCode === 0) return;
  const noSpace = noSpaceError(all);
  if (noSpace !== undefined) throw noSpace;
  const reason = all.split('\n').find((line) => line.trim() !== '') ?? `exit code ${exitCode}`;
  throw devicesError(
    `${program} could not make the file system of a disk: ${reason}`,
    'give the disk another size',
    all,
  );
}
