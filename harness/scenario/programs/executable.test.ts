import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioFolder } from '../forms/forms.test-support.ts';
import { inspect } from './executable.ts';
import { packagesFor } from './interpreters.ts';

const folder = scenarioFolder();

/** The first bytes of an ELF file. */
function elf({ bits = 64, type = 2, machine = 62, bigEndian = false }): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 'latin1');
  head[4] = bits / 32;
  head[5] = bigEndian ? 2 : 1;
  if (bigEndian) head.writeUInt16BE(type, 16);
  else head.writeUInt16LE(type, 16);
  if (bigEndian) head.writeUInt16BE(machine, 18);
  else head.writeUInt16LE(machine, 18);
  return head;
}

async function inspectBytes(bytes: Buffer | string) {
  const path = join(folder.path, 'program');
  await writeFile(path, bytes);
  return inspect(path);
}

test.each([
  ['a program', elf({}), { kind: 'elf', bits: 64 }],
  ['a position-independent one', elf({ type: 3 }), { kind: 'elf', bits: 64 }],
  ['one of 32 bits', elf({ bits: 32, machine: 3 }), { kind: 'elf', bits: 32 }],
  ['a script', '#!/bin/sh -eu\ntrue\n', { kind: 'script', interpreter: 'sh' }],
  ['a script with a blank', '#! /bin/bash\n', { kind: 'script', interpreter: 'bash' }],
  ['one of env', '#!/usr/bin/env python3\n', { kind: 'script', interpreter: 'python3' }],
  ['one of env with options', '#!/usr/bin/env -S LC_ALL=C perl -w\n', { kind: 'script', interpreter: 'perl' }],
])('%s', async (_, bytes, found) => {
  expect(await inspectBytes(bytes)).toEqual(found);
});

test.each([
  ['another architecture', elf({ machine: 183 }), /is a program for ARM 64/],
  ['another byte order', elf({ machine: 22, bigEndian: true }), /is a program for s390/],
  ['one that nobody knows', elf({ machine: 9999 }), /ELF machine 9999/],
  ['an object file', elf({ type: 1 }), /not a program: it may be an object file/],
  ['a cut ELF file', elf({}).subarray(0, 10), /is a program for another architecture/],
  ['text', 'echo hello\n', /neither an ELF program nor a script/],
  ['nothing', '', /is empty/],
  ['no interpreter', '#!\n', /names no interpreter behind #!/],
  ['env alone', '#!/usr/bin/env\n', /names no interpreter behind env/],
  ['line ends of DOS', '#!/bin/bash\r\n', /CR LF/],
])('%s is refused', async (_, bytes, message) => {
  await expect(inspectBytes(bytes)).rejects.toMatchObject({
    code: 'KC_PROGRAM',
    blame: 'case',
    message: expect.stringMatching(message),
  });
});

test('a folder and a file that is not there are refused', async () => {
  await expect(inspect(folder.path)).rejects.toThrow(/is not a file/);
  await expect(inspect(join(folder.path, 'nothing'))).rejects.toThrow(/there is no file/);
});

test('an interpreter comes with its package, or with one that is named', () => {
  expect(packagesFor('a', 'sh')).toEqual([]);
  expect(packagesFor('a', 'bash')).toEqual(['bash']);
  expect(packagesFor('a', 'qwerty', ['qwerty-tools'])).toEqual([]);
  expect(() => packagesFor('a', 'qwerty')).toThrow('a asks for qwerty, and no package is known that has it');
});
