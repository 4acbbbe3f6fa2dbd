import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OFFSETS } from '../bpf/attributes.ts';
import * as bpf from '../bpf/bpf.ts';
import * as instruction from '../bpf/instructions.ts';

import { SYSCALLS } from '../syscalls/numbers.ts';
import * as constants from './constants.ts';
import { CAP } from './spawn.ts';

const {
  alu,
  alu32,
  atomicAdd,
  call,
  copy,
  exit,
  jump,
  jumpIf,
  jumpIf32,
  load,
  loadImmediate64,
  move,
  register,
  store,
  storeImmediate,
} = instruction;

/** Older headers lack the newest names; what they have must agree. */
const HEADER = '/usr/include/linux/bpf.h';

const { CMD_CREATE_EXCL: _, ...FSCONFIG } = constants.FSCONFIG; // which came with Linux 6.6

let folder = '';
let header = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-uapi-'));
  header = await readFile(HEADER, 'utf8');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What C makes of the expressions. */
async function evaluate(includes: readonly string[], expressions: readonly string[]): Promise<number[]> {
  const source = join(folder, 'print.c');
  const lines = expressions.map((expression) => `printf("%ld\\n", (long)(${expression}));`);
  const text = [...includes.map((name) => `#include <${name}>`), 'int main(void) {', ...lines, '}'];
  await writeFile(source, text.join('\n'));
  await execa('cc', ['-o', join(folder, 'print'), source]);
  const { stdout } = await execa(join(folder, 'print'));
  return stdout.split('\n').map(Number);
}

function inHeader(name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(header);
}

describe('the builders of attributes agree with the UAPI headers of this machine', () => {
  test('offsets in union bpf_attr', async () => {
    const names = Object.keys(OFFSETS).filter(inHeader);
    expect(names.length).toBeGreaterThan(15);
    const offsets = await evaluate(
      ['stdio.h', 'stddef.h', 'linux/bpf.h'],
      names.map((name) => `offsetof(union bpf_attr, ${name})`),
    );
    expect(Object.fromEntries(names.map((name, index) => [name, offsets[index]]))).toEqual(
      Object.fromEntries(Object.entries(OFFSETS).filter(([name]) => names.includes(name))),
    );
  });

  test.each([
    ['commands', bpf.CMD, 'BPF_'],
    ['map types', bpf.MAP_TYPE, 'BPF_MAP_TYPE_'],
    ['program types', bpf.PROG_TYPE, 'BPF_PROG_TYPE_'],
    ['attach types', bpf.ATTACH_TYPE, 'BPF_'],
    ['flags', bpf.F, 'BPF_F_'],
  ])('%s', async (_, values, prefix) => {
    const known = Object.entries(values).filter(([name]) => inHeader(prefix + name));
    expect(known.length).toBeGreaterThan(Object.keys(values).length / 2);
    const actual = await evaluate(
      ['stdio.h', 'linux/bpf.h'],
      known.map(([name]) => prefix + name),
    );
    expect(Object.fromEntries(known.map(([name], index) => [name, actual[index]]))).toEqual(Object.fromEntries(known));
  });

  test('the commands of links, ids and batches', async () => {
    const fields = [
      ['link_create.target_fd', bpf.linkCreate(1, 2, 3), 4],
      ['link_create.attach_type', bpf.linkCreate(1, 2, 3), 8],
      ['target_fd', bpf.progAttach(1, 2, 3), 0],
      ['attach_bpf_fd', bpf.progAttach(1, 2, 3), 4],
      ['raw_tracepoint.prog_fd', bpf.rawTracepointOpen(1), 8],
      ['iter_create.flags', bpf.iterCreate(1, 2), 4],
      ['link_update.old_prog_fd', bpf.linkUpdate(1, 2, 3, 4), 12],
      ['link_detach.link_fd', bpf.byDescriptor(1), 0],
      ['prog_bind_map.map_fd', bpf.progBindMap(1, 2), 4],
      ['next_id', bpf.nextId(1), 4],
      ['query.prog_ids', bpf.progQuery(1, 2).attribute, 16],
      ['query.prog_cnt', bpf.progQuery(1, 2).attribute, 24],
      ['batch.keys', bpf.mapBatch(1, Buffer.alloc(4), 1), 16],
      ['batch.values', bpf.mapBatch(1, Buffer.alloc(4), 1), 24],
      ['batch.count', bpf.mapBatch(1, Buffer.alloc(4), 1), 32],
      ['batch.map_fd', bpf.mapBatch(1, Buffer.alloc(4), 1), 36],
    ] as const;
    const offsets = await evaluate(
      ['stdio.h', 'stddef.h', 'linux/bpf.h'],
      fields.map(([name]) => `offsetof(union bpf_attr, ${name})`),
    );
    expect(offsets).toEqual(fields.map(([, , offset]) => offset));
    for (const [name, { bytes }, offset] of fields) expect([name, bytes.length > offset]).toEqual([name, true]);
  });
});

describe('instructions agree with the UAPI headers of this machine', () => {
  test('opcodes', async () => {
    const all = [
      ['BPF_ALU64 | BPF_ADD | BPF_K', alu('add', 1, 2)],
      ['BPF_ALU64 | BPF_ARSH | BPF_X', alu('arsh', 1, register(2))],
      ['BPF_ALU | BPF_XOR | BPF_K', alu32('xor', 1, 2)],
      ['BPF_ALU64 | BPF_MOV | BPF_K', move(1, 2)],
      ['BPF_ALU64 | BPF_MOV | BPF_X', copy(1, 2)],
      ['BPF_JMP | BPF_JA', jump(1)],
      ['BPF_JMP | BPF_JSGT | BPF_K', jumpIf('sgt', 1, 2, 3)],
      ['BPF_JMP | BPF_JSLE | BPF_X', jumpIf('sle', 1, register(2), 3)],
      ['BPF_JMP32 | BPF_JSET | BPF_K', jumpIf32('set', 1, 2, 3)],
      ['BPF_LDX | BPF_MEM | BPF_H', load('half', 1, 2)],
      ['BPF_STX | BPF_MEM | BPF_DW', store('double', 1, 0, 2)],
      ['BPF_ST | BPF_MEM | BPF_B', storeImmediate('byte', 1, 0, 2)],
      ['BPF_STX | BPF_ATOMIC | BPF_W', atomicAdd('word', 1, 0, 2)],
      ['BPF_LD | BPF_IMM | BPF_DW', loadImmediate64(1, 2n)],
      ['BPF_JMP | BPF_CALL', call(1)],
      ['BPF_JMP | BPF_EXIT', exit()],
    ] as const;
    const opcodes = await evaluate(
      ['stdio.h', 'linux/bpf.h'],
      all.map(([name]) => name),
    );
    expect(all.map(([name, bytes]) => [name, bytes.readUInt8(0)])).toEqual(
      all.map(([name], index) => [name, opcodes[index]]),
    );
  });
});

describe('numbers and constants agree with the UAPI headers of this machine', () => {
  test('system call numbers', async () => {
    const { stdout } = await execa('cc', ['-E', '-dM', '-include', 'asm/unistd_64.h', '-'], { input: '' });
    const numbers = new Map<string, number>();
    for (const [, name, number] of stdout.matchAll(/^#define __NR_(\w+) (\d+)$/gm)) {
      numbers.set(name ?? '', Number(number));
    }
    const known = Object.entries(SYSCALLS).filter(([name]) => numbers.has(name));
    expect(known.length).toBeGreaterThan(300);
    for (const [name, number] of known) expect([name, numbers.get(name)]).toEqual([name, number]);
  });

  test.each([
    ['O_', constants.O, 'linux/fcntl.h'],
    ['AT_', constants.AT, 'linux/fcntl.h'],
    ['S_', constants.S, 'sys/stat.h'],
    ['CLONE_', constants.CLONE, 'linux/sched.h'],
    ['MS_', constants.MS, 'linux/mount.h'],
    ['MOUNT_ATTR_', constants.MOUNT_ATTR, 'linux/mount.h'],
    ['FSOPEN_', constants.FSOPEN, 'linux/mount.h'],
    ['FSPICK_', constants.FSPICK, 'linux/mount.h'],
    ['MOVE_MOUNT_', constants.MOVE_MOUNT, 'linux/mount.h'],
    ['OPEN_TREE_', constants.OPEN_TREE, 'linux/mount.h'],
    ['MNT_', constants.MNT, 'sys/mount.h'],
    ['RLIMIT_', constants.RLIMIT, 'linux/resource.h'],
    ['PR_', constants.PR, 'linux/prctl.h'],
    ['SIG', constants.SIG, 'asm/signal.h'],
    ['CAP_', CAP, 'linux/capability.h'],
    ['SEEK_', constants.SEEK, 'linux/fs.h'],
    ['F_', constants.FCNTL, 'linux/fcntl.h'],
    ['RENAME_', constants.RENAME, 'linux/fs.h'],
    ['PROT_', constants.PROT, 'asm/mman.h'],
    ['MAP_', constants.MAP, 'linux/mman.h'],
    ['FSCONFIG_', FSCONFIG, 'linux/mount.h'],
  ])('constants that begin with %s', async (prefix, values, from) => {
    const names = Object.keys(values).map((name) => (prefix + name).replace('MNT_NOFOLLOW', 'UMOUNT_NOFOLLOW'));
    const includes = ['stdio.h', from, ...(from === 'linux/mount.h' ? ['linux/fcntl.h'] : [])];
    expect(await evaluate(includes, names)).toEqual(Object.values(values).map(Number));
  });
});
