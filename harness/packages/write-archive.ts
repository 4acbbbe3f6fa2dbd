import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { CPIO_END, cpioHeader, cpioPadding } from '../guest/initramfs/cpio.ts';
import type { Member } from './contents.ts';
import { readWhole, writeWhole } from './whole.ts';

const PART = 1 << 20;
const PAGE = 4096;
/** Of the kernel for each member: an inode of tmpfs with its name. */
const INODE = 1024;

export interface WrittenArchive {
  readonly size: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  /** Bytes of memory that the unpacked members take in the guest. */
  readonly unpacked: number;
}

/**
 * Writes members as a cpio archive.
 * @param spool holds the bytes of the files
 * @throws system errors
 */
export async function writeArchive(
  members: readonly Member[],
  spool: FileHandle,
  to: FileHandle,
): Promise<WrittenArchive> {
  const hash = createHash('sha256');
  let size = 0;
  let unpacked = 0;
  const append = async (bytes: Buffer) => {
    hash.update(bytes);
    await writeWhole(to, bytes, size);
    size += bytes.length;
  };
  const inodes = new Inodes(members);
  for (const member of [...inodes.ordered(), undefined]) {
    if (member === undefined) {
      await append(cpioHeader({ name: CPIO_END, mode: 0, inode: 0, size: 0 }));
      break;
    }
    const data = dataOf(member);
    const { path: name, mode, uid, gid } = member;
    const device = member.content.kind === 'device' ? { device: member.content.device } : {};
    await append(cpioHeader({ name, mode, uid, gid, size: data.size, ...inodes.of(member), ...device }));
    for (let done = 0; done < data.size; done += PART) await append(await data.read(done, spool));
    await append(cpioPadding(data.size));
    unpacked += INODE + Math.ceil(data.size / PAGE) * PAGE;
  }
  return { size, sha256: hash.digest('hex'), unpacked };
}

/** Numbers of files: names of one file share it, and the first of them has the bytes. */
class Inodes {
  readonly #members: readonly Member[];
  readonly #numbers = new Map<string, number>();
  readonly #links = new Map<string, number>();

  constructor(members: readonly Member[]) {
    const known = new Map(members.map((member) => [member.path, member]));
    // A link to a file that is not there is left out: it would be an empty file.
    this.#members = members.filter(({ content }) => content.kind !== 'hard link' || known.has(content.target));
    for (const [index, member] of this.#members.entries()) {
      this.#numbers.set(member.path, index + 1);
      const file = fileOf(member);
      this.#links.set(file, (this.#links.get(file) ?? 0) + 1);
    }
  }

  /** Files before their other names. */
  ordered(): Member[] {
    const isLink = ({ content }: Member) => content.kind === 'hard link';
    return [...this.#members.filter((member) => !isLink(member)), ...this.#members.filter(isLink)];
  }

  of(member: Member): { inode: number; links?: number } {
    const file = fileOf(member);
    const links = this.#links.get(file) ?? 1;
    return { inode: this.#numbers.get(file) ?? 0, ...(links > 1 && { links }) };
  }
}

function fileOf({ path, content }: Member): string {
  return content.kind === 'hard link' ? content.target : path;
}

interface Data {
  readonly size: number;
  read(from: number, spool: FileHandle): Promise<Buffer>;
}

function dataOf({ content }: Member): Data {
  if (content.kind === 'file') {
    const { offset, size } = content;
    return {
      size,
      read: (from, spool) => readWhole(spool, Math.min(PART, size - from), offset + from),
    };
  }
  const text = content.kind === 'symlink' ? content.target : content.kind === 'text' ? content.text : '';
  const bytes = Buffer.from(text);
  return { size: bytes.length, read: async (from) => bytes.subarray(from, from + PART) };
}
