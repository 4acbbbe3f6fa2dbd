import { open } from 'node:fs/promises';

/** What a module says of itself, as far as it matters for loading it (`modinfo`). */
export interface Modinfo {
  /** Modules whose symbols it uses. */
  readonly depends: readonly string[];
  /** Names or aliases to be loaded before it, where they exist (MODULE_SOFTDEP "pre:"). */
  readonly softdeps: readonly string[];
  /** Names that request_module() may use for it. Those of hardware (`pci:v…`) are left out. */
  readonly aliases: readonly string[];
  readonly parameters: readonly string[];
  /** `6.12.57+deb12-amd64 SMP preempt mod_unload modversions` */
  readonly vermagic: string;
}

/** The kernel takes `-` and `_` in a module's name for the same. */
export function moduleName(text: string): string {
  return text.replaceAll('-', '_');
}

/** Reads an uncompressed module. undefined when it is no 64-bit ELF file with a .modinfo section. */
export async function readModinfo(path: string): Promise<Modinfo | undefined> {
  const file = await open(path, 'r');
  try {
    const read = async (offset: number, length: number) => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await file.read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    return await parseModinfo(read);
  } finally {
    await file.close();
  }
}

/** As {@link readModinfo}, of a module in memory. */
export async function modinfoOf(bytes: Buffer): Promise<Modinfo | undefined> {
  return parseModinfo(async (offset, length) => bytes.subarray(offset, offset + length));
}

type Read = (offset: number, length: number) => Promise<Buffer>;

/** Offsets in an ELF file (elf(5)). */
const ELF = { sectionsAt: 0x28, sectionSize: 0x3a, sectionCount: 0x3c, namesIndex: 0x3e, headerSize: 64 };
const SECTION = { name: 0, offset: 24, size: 32, headerSize: 64 };
/** More than any module has: a file that claims it is damaged. */
const MAX_BYTES = 1 << 24;

async function parseModinfo(read: Read): Promise<Modinfo | undefined> {
  const header = await read(0, ELF.headerSize);
  if (header.length < ELF.headerSize || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2) return undefined;
  const size = header.readUInt16LE(ELF.sectionSize);
  const count = header.readUInt16LE(ELF.sectionCount);
  const at = Number(header.readBigUInt64LE(ELF.sectionsAt));
  if (size < SECTION.headerSize) return undefined;
  const headers = await read(at, size * count);
  if (headers.length < size * count) return undefined;
  const section = async (index: number) => {
    const start = Number(headers.readBigUInt64LE(index * size + SECTION.offset));
    const length = Number(headers.readBigUInt64LE(index * size + SECTION.size));
    return length > MAX_BYTES ? Buffer.alloc(0) : read(start, length);
  };
  const namesIndex = header.readUInt16LE(ELF.namesIndex);
  if (namesIndex >= count) return undefined;
  const names = await section(namesIndex);
  for (let index = 0; index < count; index++) {
    const from = headers.readUInt32LE(index * size + SECTION.name);
    const end = names.indexOf(0, from);
    if (names.toString('latin1', from, end) === '.modinfo') return fromFields(fieldsOf(await section(index)));
  }
  return undefined;
}

function fieldsOf(modinfo: Buffer): (readonly [key: string, value: string])[] {
  return modinfo
    .toString('latin1')
    .split('\0')
    .map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)] as const)
    .filter(([key]) => key !== '');
}

function fromFields(fields: readonly (readonly [string, string])[]): Modinfo {
  const values = (key: string) => fields.filter(([name]) => name === key).map(([, value]) => value);
  const depends = values('depends').flatMap((list) => list.split(','));
  return {
    depends: depends.filter((name) => name !== '').map(moduleName),
    softdeps: values('softdep').flatMap(softdepsBefore),
    aliases: values('alias').filter((alias) => !/[:*?[]/.test(alias)),
    parameters: [...new Set(['parm', 'parmtype'].flatMap(values).map((text) => text.split(':')[0] ?? ''))],
    vermagic: values('vermagic')[0] ?? '',
  };
}

/** Of `pre: crc32c sha256 post: other`, what stands behind `pre:`. */
function softdepsBefore(text: string): string[] {
  let before = false;
  const found: string[] = [];
  for (const word of text.split(/\s+/)) {
    if (word === 'pre:' || word === 'post:') before = word === 'pre:';
    else if (before && word !== '') found.push(word);
  }
  return found;
}

/** Modules that are built in → what they say of themselves, from a modules.builtin.modinfo: `loop.parm=max_loop:…`. */
export function parseBuiltinModinfo(bytes: Buffer): ReadonlyMap<string, Modinfo> {
  const fields = new Map<string, (readonly [string, string])[]>();
  for (const [key, value] of fieldsOf(bytes)) {
    const dot = key.indexOf('.');
    const name = moduleName(key.slice(0, dot));
    if (dot <= 0) continue;
    fields.set(name, [...(fields.get(name) ?? []), [key.slice(dot + 1), value]]);
  }
  return new Map([...fields].map(([name, own]) => [name, fromFields(own)]));
}
