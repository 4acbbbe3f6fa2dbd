/** The result of stat(2). */
export interface FileFacts {
  /** The owner, as an id in the user namespace of the caller. */
  readonly uid: number;
  /** The group, likewise. */
  readonly gid: number;
  /** st_mode, file type included: see S, inode(7). */
  readonly mode: number;
  /** The inode number. */
  readonly ino: number;
  /** Number of hard links. */
  readonly nlink: number;
  /** In bytes. */
  readonly size: number;
}

/** Length of struct stat of x86-64 (asm/stat.h). */
export const STAT_LENGTH = 144;

/** Reads struct stat of x86-64 (asm/stat.h), the result of the system calls stat, lstat and fstat. */
export function readStat(bytes: Buffer): FileFacts {
  return {
    ino: Number(bytes.readBigUInt64LE(8)),
    nlink: Number(bytes.readBigUInt64LE(16)),
    mode: bytes.readUInt32LE(24),
    uid: bytes.readUInt32LE(28),
    gid: bytes.readUInt32LE(32),
    size: Number(bytes.readBigInt64LE(48)),
  };
}

/** The result of statfs(2). */
export interface FileSystemFacts {
  /** Its magic number (linux/magic.h). */
  readonly type: number;
  /** Size of a block in bytes. */
  readonly blockSize: number;
  /** Number of blocks, used or free. */
  readonly blocks: number;
  /** Maximum number of inodes. */
  readonly files: number;
  /** Maximum length of a name in bytes. */
  readonly nameLength: number;
  /** Mount flags (ST_RDONLY, …), as the kernel returns them. */
  readonly flags: number;
}

/** Length of struct statfs of x86-64 (asm-generic/statfs.h). */
export const STATFS_LENGTH = 120;

/** Reads struct statfs of x86-64 (asm-generic/statfs.h). */
export function readStatfs(bytes: Buffer): FileSystemFacts {
  const field = (index: number) => Number(bytes.readBigInt64LE(index * 8));
  return {
    type: field(0),
    blockSize: field(1),
    blocks: field(2),
    files: field(5),
    nameLength: field(8),
    flags: field(10),
  };
}
