import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';

test('a machine that has everything', async () => {
  const result = await kconform(['doctor']);
  const rows = ['node', 'QEMU', 'compiler', 'busybox', 'dropbear', 'apt', 'kernel builds', 'cache', 'accelerator'];
  const expected = rows.map((name) => expect.stringMatching(new RegExp(`^ok +${name} +\\S`)));
  expect(result.stdout.trimEnd().split('\n')).toEqual(expected);
  expect(result.stdout).toMatch(/accelerator +(kvm|tcg) \(.+\)/);
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
});

test('a machine without QEMU is told what to install, and the rest of what it can do', async () => {
  const bin = await mkdtemp(join(tmpdir(), 'kc-doctor-'));
  await symlink(process.execPath, join(bin, 'node'));
  const result = await kconform(['doctor'], { env: { PATH: bin } });
  await rm(bin, { recursive: true });
  expect(result.stdout).toMatch(/^FAULT +QEMU +qemu-system-x86_64 is not installed: apt-get install qemu-system-x86$/m);
  expect(result.stdout).toMatch(
    /^FAULT +kernel builds +what .*: apt-get install make gcc binutils flex bison bc dwarves perl/m,
  );
  expect(result.stdout).toMatch(/^FAULT +accelerator +qemu-system-x86_64 is not installed/m);
  expect(result.stdout).toMatch(/^ok +node /m);
  expect(result.stdout).toMatch(/^ok +cache /m);
  expect(result.all).not.toMatch(/^\s+at /m);
  expect(result.exitCode).toBe(2);
});

test('the exit codes are in the help', async () => {
  const { stdout } = await kconform(['doctor', '--help']);
  expect(stdout).toMatch(/Exit codes: 0 .*2 /);
});
