import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { KconformError } from '../errors/error.ts';

/** An uncompressed ELF image and the release that it calls itself. */
export interface Image {
  readonly vmlinux: Buffer;
  readonly version: string;
}

interface Compression {
  readonly name: string;
  readonly magic: Buffer;
  /** Program that writes what it decompresses to its standard output, and the Debian package that has it. */
  readonly program?: readonly [command: string, args: readonly string[], debianPackage: string];
}

const COMPRESSIONS: readonly Compression[] = [
  { name: 'gzip', magic: Buffer.from('1f8b', 'hex') },
  { name: 'xz', magic: Buffer.from('fd377a585a00', 'hex'), program: ['xz', ['-dc', '--single-stream'], 'xz-utils'] },
  { name: 'zstd', magic: Buffer.from('28b52ffd', 'hex'), program: ['zstd', ['-dc'], 'zstd'] },
  { name: 'lz4', magic: Buffer.from('02214c18', 'hex'), program: ['lz4', ['-dc'], 'lz4'] },
  { name: 'bzip2', magic: Buffer.from('425a68', 'hex'), program: ['bzip2', ['-dc'], 'bzip2'] },
  { name: 'lzma', magic: Buffer.from('5d0000', 'hex'), program: ['xz', ['-dc', '--format=lzma'], 'xz-utils'] },
];

const ELF = Buffer.from('7f454c4602', 'hex'); // 64-bit
/** Offsets of the setup header (Documentation/arch/x86/boot.rst). */
const HEADER = { setupSectors: 0x1f1, magic: 0x202, kernelVersion: 0x20e, payloadOffset: 0x248, payloadLength: 0x24c };

/**
 * The ELF image inside a bzImage, or the file itself when it is one: QEMU starts it at its PVH entry, and the guest
 * decompresses nothing.
 * @throws KC_NOT_A_KERNEL, KC_NO_PVH_ENTRY, KC_TOOL_MISSING
 */
export async function readImage(bytes: Buffer, name: string): Promise<Image> {
  if (bytes.subarray(0, ELF.length).equals(ELF)) return checked(bytes, name, releaseOf(bytes));
  if (bytes.length < 0x260 || bytes.toString('latin1', HEADER.magic, HEADER.magic + 4) !== 'HdrS') {
    throw notAKernel(name, 'neither a bzImage nor an ELF vmlinux for x86-64');
  }
  const setup = ((bytes[HEADER.setupSectors] || 4) + 1) * 512;
  const start = setup + bytes.readUInt32LE(HEADER.payloadOffset);
  const end = start + bytes.readUInt32LE(HEADER.payloadLength);
  if (end > bytes.length || end < start + 4) throw notAKernel(name, 'it is cut off');
  const payload = bytes.subarray(start, end);
  const versionAt = bytes.readUInt16LE(HEADER.kernelVersion) + 512;
  const version = bytes.toString('latin1', versionAt, versionAt + 200).split(/[ \0]/)[0];
  return checked(await decompress(payload, name), name, version);
}

/** An ELF file that may be compressed, as modules are. @throws KC_NOT_A_KERNEL, KC_TOOL_MISSING */
export async function decompressed(bytes: Buffer, name: string): Promise<Buffer> {
  const elf = bytes.subarray(0, ELF.length).equals(ELF) ? bytes : await inflate(bytes, name);
  if (!elf.subarray(0, ELF.length).equals(ELF)) throw notAKernel(name, 'its payload is not an ELF file for x86-64');
  return elf;
}

async function inflate(payload: Buffer, name: string): Promise<Buffer> {
  const found = COMPRESSIONS.find(({ magic }) => payload.subarray(0, magic.length).equals(magic));
  if (found === undefined) throw notAKernel(name, 'the compression of its payload is unknown');
  return found.program === undefined ? gunzip(payload, name) : run(found.name, found.program, payload, name);
}

async function decompress(payload: Buffer, name: string): Promise<Buffer> {
  const vmlinux = await inflate(payload, name);
  // The payload ends with the size of what it holds, in four bytes that most programs take for rubbish after the end: what
  // they say of a whole payload is a failure as well, and only the size tells (scripts/Makefile.lib, size_append).
  if (vmlinux.length !== payload.readUInt32LE(payload.length - 4)) throw notAKernel(name, 'its payload is damaged');
  return vmlinux;
}

function gunzip(payload: Buffer, name: string): Buffer {
  try {
    return gunzipSync(payload);
  } catch {
    throw notAKernel(name, 'its payload is damaged');
  }
}

async function run(
  compression: string,
  [command, args, debianPackage]: NonNullable<Compression['program']>,
  payload: Buffer,
  name: string,
): Promise<Buffer> {
  // Gathered here: execa's own buffer takes 10 s for the 57 MB of a published kernel, this 0.4 s.
  const child = execa(command, args, { input: payload, encoding: 'buffer', buffer: false, reject: false });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const result = await child;
  if (result.code === 'ENOENT') {
    throw new KconformError(`${command} is not installed, and ${name} is compressed with ${compression}`, {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: `apt-get install ${debianPackage}`,
    });
  }
  return Buffer.concat(chunks);
}

function checked(vmlinux: Buffer, name: string, version: string | undefined): Image {
  if (!vmlinux.subarray(0, ELF.length).equals(ELF) || vmlinux.length < 64 || vmlinux.readUInt16LE(18) !== 62) {
    throw notAKernel(name, 'its payload is not an ELF image for x86-64');
  }
  if (version === undefined || !/^\d+\.\d+/.test(version)) throw notAKernel(name, 'it contains no kernel release');
  if (!hasPvhEntry(vmlinux)) {
    throw new KconformError(`${name} has no PVH entry point`, {
      code: 'KC_NO_PVH_ENTRY',
      blame: 'host',
      hint: 'build the kernel with CONFIG_PVH=y',
    });
  }
  return { vmlinux, version };
}

/** The text also stands in places that fill in the release later; the banner has a number after it (init/version.c). */
function releaseOf(vmlinux: Buffer): string | undefined {
  const text = 'Linux version ';
  for (let at = vmlinux.indexOf(text); at >= 0; at = vmlinux.indexOf(text, at + 1)) {
    const release = vmlinux.toString('latin1', at + text.length, at + 200).split(/[ \0]/)[0];
    if (release !== undefined && /^\d+\.\d+/.test(release)) return release;
  }
  return undefined;
}

/** A note named "Xen" of type 18, XEN_ELFNOTE_PHYS32_ENTRY, in a PT_NOTE segment (include/xen/interface/elfnote.h). */
function hasPvhEntry(elf: Buffer): boolean {
  const start = Number(elf.readBigUInt64LE(32));
  for (let index = 0; index < elf.readUInt16LE(56); index++) {
    const header = start + index * elf.readUInt16LE(54);
    if (header + 56 > elf.length || elf.readUInt32LE(header) !== 4) continue;
    const offset = Number(elf.readBigUInt64LE(header + 8));
    const notes = elf.subarray(offset, offset + Number(elf.readBigUInt64LE(header + 32)));
    const entry = Buffer.from('1200000058656e00', 'hex'); // type 18, name "Xen\0"
    if (notes.indexOf(entry) >= 0) return true;
  }
  return false;
}

function notAKernel(name: string, why: string): KconformError {
  return new KconformError(`${name} is not a bootable x86-64 kernel: ${why}`, {
    code: 'KC_NOT_A_KERNEL',
    blame: 'host',
    hint: 'name a bzImage (arch/x86/boot/bzImage, /boot/vmlinuz-…) or an x86-64 vmlinux',
  });
}
