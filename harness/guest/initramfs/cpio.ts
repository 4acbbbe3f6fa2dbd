/** A member of an initramfs; modes include the file type (S_IFREG, S_IFDIR, …). */
export interface CpioEntry {
  readonly name: string;
  readonly mode: number;
  readonly data?: Buffer;
  readonly device?: readonly [major: number, minor: number];
}

/** What a member's header says beside its name and mode. */
export interface CpioFacts {
  readonly name: string;
  readonly mode: number;
  /** Number of the file; members of one file have the same. */
  readonly inode: number;
  /** Bytes of data behind the header. */
  readonly size: number;
  /** Default: root. */
  readonly uid?: number;
  readonly gid?: number;
  /** Names of the file, where it has several. The kernel links those that follow the first (init/initramfs.c, maybe_link). */
  readonly links?: number;
  readonly device?: readonly [major: number, minor: number];
}

/** The last member of an archive. */
export const CPIO_END = 'TRAILER!!!';

/** The `newc` format (Documentation/driver-api/early-userspace/buffer-format.rst): owner root, time 0, so that equal inputs give equal bytes. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  const all: CpioEntry[] = [...entries, { name: CPIO_END, mode: 0 }];
  for (const [index, { name, mode, data = Buffer.alloc(0), device }] of all.entries()) {
    const facts = { name, mode, ...(device && { device }) };
    parts.push(cpioHeader({ ...facts, inode: index + 1, size: data.length }), data, cpioPadding(data.length));
  }
  return Buffer.concat(parts);
}

/** The header of a member with its name, padded; its data follow, padded too. */
export function cpioHeader({ name, mode, inode, size, uid = 0, gid = 0, links, device = [0, 0] }: CpioFacts): Buffer {
  const count = links ?? ((mode & 0o170000) === 0o040000 ? 2 : 1);
  const nameLength = Buffer.byteLength(name) + 1;
  const fields = [inode, mode, uid, gid, count, 0, size, 0, 0, device[0], device[1], nameLength, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`);
  return Buffer.concat([header, cpioPadding(header.length)]);
}

/** Members and their data begin at multiples of four. */
export function cpioPadding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
