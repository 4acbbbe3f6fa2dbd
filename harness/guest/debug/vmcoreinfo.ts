import { type FileHandle, open } from 'node:fs/promises';

/** ELF (elf(5)): places of fields in the header of a 64-bit file and of a segment. */
const HEADER = { bytes: 64, segments: 32, segmentBytes: 54, segmentCount: 56 };
const SEGMENT = { type: 0, offset: 8, fileBytes: 32 };
const LOAD = 1;
const NOTE = 4;

const PAGE = 4096;
const CHUNK = 256 * PAGE;
/** How the text begins, at the start of a page of its own (kernel/vmcore_info.c; kernel/crash_core.c before 6.9). */
const FIRST_LINE = Buffer.from('OSRELEASE=');

interface Segment {
  /** Where its header is in the file. */
  readonly at: number;
  readonly type: number;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Adds the kernel's own description of its memory to a dump of QEMU, as the note that a dump of kdump has. drgn opens no dump without it. QEMU
 * adds it only with a device whose driver the guest would need (-device vmcoreinfo), so it is looked for in the memory.
 * @param path an ELF core of a 64-bit guest
 * @returns false where the kernel has none: it is built without CONFIG_VMCORE_INFO (CONFIG_CRASH_CORE before 6.9)
 */
export async function addVmcoreinfo(path: string): Promise<boolean> {
  const file = await open(path, 'r+');
  try {
    const segments = await readSegments(file);
    const notes = segments.find(({ type }) => type === NOTE);
    const text = await findText(
      file,
      segments.filter(({ type }) => type === LOAD),
    );
    if (notes === undefined || text === undefined) return false;
    const own = await read(file, notes.offset, notes.bytes);
    const all = Buffer.concat([own, noteOf('VMCOREINFO', text)]);
    const { size } = await file.stat();
    const end = aligned(size);
    await file.write(all, 0, all.length, end);
    const place = Buffer.alloc(8);
    place.writeBigUInt64LE(BigInt(end));
    await file.write(place, 0, 8, notes.at + SEGMENT.offset);
    place.writeBigUInt64LE(BigInt(all.length));
    await file.write(place, 0, 8, notes.at + SEGMENT.fileBytes);
    return true;
  } finally {
    await file.close();
  }
}

async function readSegments(file: FileHandle): Promise<Segment[]> {
  const header = await read(file, 0, HEADER.bytes);
  const first = Number(header.readBigUInt64LE(HEADER.segments));
  const bytes = header.readUInt16LE(HEADER.segmentBytes);
  const table = await read(file, first, bytes * header.readUInt16LE(HEADER.segmentCount));
  return Array.from({ length: table.length / bytes }, (_, index) => {
    const at = index * bytes;
    return {
      at: first + at,
      type: table.readUInt32LE(at + SEGMENT.type),
      offset: Number(table.readBigUInt64LE(at + SEGMENT.offset)),
      bytes: Number(table.readBigUInt64LE(at + SEGMENT.fileBytes)),
    };
  });
}

/** The text without the zeros behind it. */
async function findText(file: FileHandle, segments: readonly Segment[]): Promise<Buffer | undefined> {
  for (const { offset, bytes } of segments) {
    for (let from = 0; from < bytes; from += CHUNK) {
      const chunk = await read(file, offset + from, Math.min(CHUNK, bytes - from));
      for (let at = 0; at + PAGE <= chunk.length; at += PAGE) {
        if (chunk.compare(FIRST_LINE, 0, FIRST_LINE.length, at, at + FIRST_LINE.length) !== 0) continue;
        const page = chunk.subarray(at, at + PAGE);
        const end = page.indexOf(0);
        const text = end < 0 ? page : page.subarray(0, end);
        if (text.includes('\nSYMBOL(')) return text;
      }
    }
  }
  return undefined;
}

/** A note of type 0 (Elf64_Nhdr), its name and its text padded to four bytes. */
function noteOf(name: string, text: Buffer): Buffer {
  const named = Buffer.from(`${name}\0`);
  const header = Buffer.alloc(12);
  header.writeUInt32LE(named.length, 0);
  header.writeUInt32LE(text.length, 4);
  return Buffer.concat([header, padded(named), padded(text)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

async function read(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}
