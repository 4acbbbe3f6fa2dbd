/** What stat(2) tells of a file. */
export interface FileFacts {
  /** The owner, as the user namespace of the caller has it. */
  readonly uid: number;
  /** The group, likewise. */
  readonly gid: number;
  /** st_mode, file type included: see S, inode(7). */
  readonly mode: number;
  /** The inode number. */
  readonly ino: number;
  /** How many hard links it has. */
  readonly nlink: number;
  /** In bytes. */
  readonly size: number;
}

/** Length of struct stat of x86-64 (asm/stat.h). */
export const STAT_LENGTH = 144;

/** Reads struct stat of x86-64 (asm/stat.h), which is what the system calls stat, lstat and fstat fill. */
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

/** What statfs(2) tells of a file system. */
export interface FileSystemFacts {
  /** Its magic number (linux/magic.h). */
  readonly type: number;
  /** Bytes of a block. */
  readonly blockSize: number;
  /** All that there are, used or free. */
  readonly blocks: number;
  /** All inodes that there can be. */
  readonly files: number;
  /** Bytes of the longest name. */
  readonly nameLength: number;
  /** ST_RDONLY and its like, as the kernel returns them. */
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
