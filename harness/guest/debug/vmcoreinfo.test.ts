import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addVmcoreinfo } from './vmcoreinfo.ts';

const PAGE = 4096;
const TEXT = 'OSRELEASE=6.12.118\nPAGESIZE=4096\nSYMBOL(init_uts_ns)=ffffffff82e21a00\n';
const OWN_NOTE = note('CORE', 'registers');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-vmcoreinfo-'));
});
afterEach(() => rm(folder, { recursive: true }));

function note(name: string, text: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length + 1, 0);
  header.writeUInt32LE(text.length, 4);
  const padded = (one: string) => Buffer.from(one.padEnd(Math.ceil(one.length / 4) * 4, '\0'));
  return Buffer.concat([header, padded(`${name}\0`), padded(text)]);
}

/** A core like QEMU's: notes, then the memory, which begins at no multiple of a page. */
function core(memory: Buffer): Buffer {
  const header = Buffer.alloc(64 + 2 * 56);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  header.writeUInt16LE(4, 16); // ET_CORE
  header.writeUInt16LE(62, 18); // EM_X86_64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(2, 56);
  const segment = (index: number, type: number, offset: number, bytes: number) => {
    const at = 64 + index * 56;
    header.writeUInt32LE(type, at);
    header.writeBigUInt64LE(BigInt(offset), at + 8);
    header.writeBigUInt64LE(BigInt(bytes), at + 32);
  };
  segment(0, 4, header.length, OWN_NOTE.length);
  segment(1, 1, header.length + OWN_NOTE.length, memory.length);
  return Buffer.concat([header, OWN_NOTE, memory]);
}

async function written(memory: Buffer): Promise<string> {
  const path = join(folder, 'core');
  await writeFile(path, core(memory));
  return path;
}

test('the text that the kernel keeps in a page of its own becomes a note behind those of QEMU; the memory stays as it was', async () => {
  const memory = Buffer.alloc(300 * PAGE);
  memory.write('OSRELEASE=%s\n\nSYMBOL(', 7); // the format string of the kernel
  memory.write('OSRELEASE=%s\n', 3 * PAGE); // another text
  memory.write(TEXT, 270 * PAGE);
  const path = await written(memory);
  const before = await readFile(path);
  expect(await addVmcoreinfo(path)).toBe(true);
  const { stdout } = await execa('readelf', ['--notes', path]);
  expect(stdout).toMatch(/CORE +0x0*9\b/);
  expect(stdout).toMatch(new RegExp(`VMCOREINFO +0x0*${TEXT.length.toString(16)}\\b`));
  const after = await readFile(path);
  expect(after.subarray(176, before.length).equals(before.subarray(176))).toBe(true);
  expect(after.subarray(before.length).includes(TEXT)).toBe(true);
});

test('a dump of a kernel without the text stays as it was', async () => {
  const path = await written(Buffer.alloc(2 * PAGE));
  const before = await readFile(path);
  expect(await addVmcoreinfo(path)).toBe(false);
  expect((await readFile(path)).equals(before)).toBe(true);
});
