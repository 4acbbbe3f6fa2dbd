import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { programError } from './faults.ts';

/** What makes a file a program. */
export type Executable =
  | { readonly kind: 'elf'; readonly bits: 32 | 64 }
  /** `interpreter`: the name of the program that its first line names; of `#!/usr/bin/env python3` it is `python3`. */
  | { readonly kind: 'script'; readonly interpreter: string };

/** Names of e_machine (elf.h) that a person may have a program for. */
const MACHINES: Readonly<Record<number, string>> = {
  3: 'i386',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 's390',
  40: 'ARM',
  62: 'x86-64',
  183: 'ARM 64 (aarch64)',
  243: 'RISC-V',
  258: 'LoongArch',
};
const X86 = [3, 62];
/** ET_EXEC and ET_DYN. */
const PROGRAMS = [2, 3];
/** Longer first lines are cut by the kernel (BINPRM_BUF_SIZE). */
const FIRST_LINE = 256;

/**
 * Tells what a file is, by its first bytes.
 * @throws KC_PROGRAM (case) for a file that the guest cannot run
 */
export async function inspect(path: string): Promise<Executable> {
  const head = await firstBytes(path);
  if (head.length === 0) throw programError(`${path} is empty`, 'name a program, or a script that begins with #!');
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF') return inspectElf(path, head);
  const [, line] = /^#![ \t]*([^\n]*)/.exec(head.toString('latin1')) ?? [];
  if (line === undefined) {
    throw programError(
      `${path} is neither an ELF program nor a script that begins with #!`,
      'a script names its interpreter in its first line: #!/bin/sh',
    );
  }
  return { kind: 'script', interpreter: interpreterIn(path, line) };
}

function inspectElf(path: string, head: Buffer): Executable {
  const [type, machine] = head.length < 20 ? [0, 0] : [head.readUInt16LE(16), head.readUInt16LE(18)];
  const isLittleEndian = head[5] === 1;
  const code = isLittleEndian ? machine : head.length < 20 ? 0 : head.readUInt16BE(18);
  if (!isLittleEndian || !X86.includes(code)) {
    const name = MACHINES[code] ?? `another architecture (ELF machine ${code})`;
    throw programError(`${path} is a program for ${name}; guests are x86-64`, 'build it for x86-64');
  }
  if (!PROGRAMS.includes(type)) {
    throw programError(`${path} is an ELF file, but not a program: it may be an object file`, 'link it first');
  }
  return { kind: 'elf', bits: head[4] === 1 ? 32 : 64 };
}

function interpreterIn(path: string, line: string): string {
  if (line.endsWith('\r')) {
    throw programError(
      `${path} has line ends of DOS and Windows (CR LF)`,
      "save it with line ends of Unix (LF): sed -i 's/\\r$//'",
    );
  }
  const words = line.trim().split(/[ \t]+/);
  const first = basename(words[0] ?? '');
  if (first === '') throw programError(`${path} names no interpreter behind #!`, 'write #!/bin/sh for a shell script');
  if (first !== 'env') return first;
  const name = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
  if (name === undefined) throw programError(`${path} names no interpreter behind env`, 'write #!/usr/bin/env bash');
  return basename(name);
}

/** @throws KC_PROGRAM (case) */
async function firstBytes(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    if (!(await file.stat()).isFile()) throw programError(`${path} is not a file`, 'name a file');
    const bytes = Buffer.alloc(FIRST_LINE);
    const { bytesRead } = await file.read(bytes, 0, FIRST_LINE, 0);
    return bytes.subarray(0, bytesRead);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause) || cause.code === 'KC_PROGRAM') throw cause;
    if (cause.code === 'ENOENT')
      throw programError(`there is no file ${path}`, 'paths are relative to the folder of the case');
    throw programError(`cannot read ${path}: ${cause.code}`, 'check its permissions');
  }
}
