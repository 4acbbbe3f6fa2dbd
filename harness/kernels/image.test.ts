import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';
import { readImage } from './image.ts';

/** An ELF file for x86-64 with one PT_NOTE segment, a banner and some bytes that do not compress. */
function elf({ pvh = true, machine = 62 } = {}): Buffer {
  const file = Buffer.alloc(0x400);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(machine, 18);
  file.writeBigUInt64LE(64n, 32); // the program headers
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(4, 64); // PT_NOTE
  file.writeBigUInt64LE(0x100n, 64 + 8);
  file.writeBigUInt64LE(24n, 64 + 32);
  file.writeUInt32LE(4, 0x100);
  file.writeUInt32LE(8, 0x104);
  file.writeUInt32LE(pvh ? 18 : 6, 0x108);
  file.write('Xen\0', 0x10c, 'latin1');
  file.write('Linux version %s\0Linux version 6.12.57+test (me@here) #1\n', 0x200, 'latin1');
  return Buffer.concat([file, randomBytes(3000), Buffer.from('\n')]);
}

/** A bzImage around a payload; `sized` are those whose compression does not end with the size by itself. */
function bzImage(compressed: Buffer, size: number, sized = true): Buffer {
  const setup = Buffer.alloc(1024);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(size);
  const payload = sized ? Buffer.concat([compressed, tail]) : compressed;
  setup[0x1f1] = 1;
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x100, 0x20e);
  setup.write('6.12.57+test (me@here) #1 SMP', 0x300, 'latin1');
  setup.writeUInt32LE(16, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(16), payload, Buffer.alloc(64)]);
}

const installed = (command: string) => execaSync(command, ['--version'], { reject: false }).code !== 'ENOENT';
const PROGRAMS = [
  ['xz', ['-c', '--check=crc32']],
  ['zstd', ['-c', '-q']],
  ['lz4', ['-c', '-l', '-q']],
  ['bzip2', ['-c']],
  ['xz', ['-c', '--format=lzma']],
] as const;

afterEach(() => vi.unstubAllEnvs());

test.each(PROGRAMS.filter(([command]) => installed(command)))(
  'a payload by %s %j is unpacked',
  async (command, args) => {
    const vmlinux = elf();
    const { stdout } = execaSync(command, args, { input: vmlinux, encoding: 'buffer', stripFinalNewline: false });
    const image = await readImage(bzImage(Buffer.from(stdout), vmlinux.length), 'bzImage');
    expect(image.version).toBe('6.12.57+test');
    expect(image.vmlinux.equals(vmlinux)).toBe(true);
  },
);

test('a payload by gzip is unpacked', async () => {
  const vmlinux = elf();
  const image = await readImage(bzImage(gzipSync(vmlinux), vmlinux.length, false), 'bzImage');
  expect(image.vmlinux.equals(vmlinux)).toBe(true);
});

test('an ELF image is taken as it is, with the release of its banner', async () => {
  const vmlinux = elf();
  expect(await readImage(vmlinux, 'vmlinux')).toEqual({ vmlinux, version: '6.12.57+test' });
});

test('a kernel without a PVH entry is refused, and the option that makes one is named', async () => {
  const refused = readImage(elf({ pvh: false }), 'vmlinux');
  await expect(refused).rejects.toMatchObject({ code: 'KC_NO_PVH_ENTRY', hint: expect.stringContaining('CONFIG_PVH') });
});

const whole = bzImage(gzipSync(elf()), elf().length, false);
test.each([
  ['an empty file', Buffer.alloc(0)],
  ['a text', Buffer.from('#!/bin/sh\n'.repeat(100))],
  ['an ELF file of another machine', elf({ machine: 183 })],
  ['the beginning of an ELF file', elf().subarray(0, 40)],
  ['the beginning of a bzImage', whole.subarray(0, whole.length - 500)],
  [
    'a bzImage with a damaged payload',
    Buffer.concat([whole.subarray(0, 1100), randomBytes(200), whole.subarray(1300)]),
  ],
  ['a bzImage with an unknown compression', bzImage(Buffer.from('nothing known'), 13)],
  ['a bzImage that holds something else', bzImage(gzipSync(Buffer.from('hello')), 5, false)],
])('%s is no kernel', async (_, bytes) => {
  const error = expect.objectContaining({ code: 'KC_NOT_A_KERNEL', blame: 'host' });
  await expect(readImage(bytes, 'a file')).rejects.toEqual(error);
});

test.runIf(installed('xz'))('a payload that breaks off is not taken for the whole', async () => {
  const vmlinux = elf();
  const { stdout } = execaSync('xz', ['-c'], { input: vmlinux, encoding: 'buffer', stripFinalNewline: false });
  const part = Buffer.from(stdout).subarray(0, 2000);
  await expect(readImage(bzImage(part, vmlinux.length), 'a file')).rejects.toMatchObject({ code: 'KC_NOT_A_KERNEL' });
});

test('a missing program is named with the package that has it', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const missing = readImage(bzImage(Buffer.from('28b52ffd00000000', 'hex'), 8), 'bzImage');
  await expect(missing).rejects.toMatchObject({ code: 'KC_TOOL_MISSING', hint: 'apt-get install zstd' });
});
