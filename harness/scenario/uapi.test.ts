import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OFFSETS } from './bpf/attributes.ts';
import { ATTACH_TYPE, BPF, MAP_TYPE, PROG_TYPE } from './bpf/commands.ts';
import * as constants from './constants.ts';
import { CAP } from './spawn.ts';
import { SYSCALLS } from './syscalls.ts';

/** Older headers lack the newest names; what they have must agree. */
const HEADER = '/usr/include/linux/bpf.h';

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

describe('the builders agree with the UAPI headers of this machine', () => {
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
    ['commands', BPF, 'BPF_'],
    ['map types', MAP_TYPE, 'BPF_MAP_TYPE_'],
    ['program types', PROG_TYPE, 'BPF_PROG_TYPE_'],
    ['attach types', ATTACH_TYPE, 'BPF_'],
  ])('%s', async (_, values, prefix) => {
    const known = Object.entries(values).filter(([name]) => inHeader(prefix + name));
    expect(known.length).toBeGreaterThan(Object.keys(values).length / 2);
    const actual = await evaluate(
      ['stdio.h', 'linux/bpf.h'],
      known.map(([name]) => prefix + name),
    );
    expect(Object.fromEntries(known.map(([name], index) => [name, actual[index]]))).toEqual(Object.fromEntries(known));
  });

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
  ])('constants that begin with %s', async (prefix, values, from) => {
    const names = Object.keys(values).map((name) => (prefix + name).replace('MNT_NOFOLLOW', 'UMOUNT_NOFOLLOW'));
    const includes = ['stdio.h', from, ...(from === 'linux/mount.h' ? ['linux/fcntl.h'] : [])];
    expect(await evaluate(includes, names)).toEqual(Object.values(values).map(Number));
  });
});
