import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveKernel } from '../../kernels/resolve.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';

test('a machine that has everything', async () => {
  const result = await kconform(['doctor']);
  const rows = [
    'node',
    'QEMU',
    'compiler',
    'busybox',
    'dropbear',
    'apt',
    'kernel packages',
    'kernel builds',
    'patches',
    'cache',
    'kernel',
    'accelerator',
  ];
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
    /^FAULT +kernel builds +some programs .* are missing: apt-get install make gcc binutils flex bison bc dwarves perl/m,
  );
  expect(result.stdout).toMatch(
    /^limit +kernel packages +kernels in .* bsdtar not found: apt-get install libarchive-tools$/m,
  );
  expect(result.stdout).toMatch(/^FAULT +accelerator +qemu-system-x86_64 is not installed/m);
  expect(result.stdout).toMatch(/^ok +node /m);
  expect(result.stdout).toMatch(/^ok +cache /m);
  expect(result.all).not.toMatch(/^\s+at /m);
  expect(result.exitCode).toBe(2);
});

test('a machine without apt can do everything but download kernels', async () => {
  const bin = await mkdtemp(join(tmpdir(), 'kc-doctor-'));
  for (const folder of ['/usr/bin', '/usr/sbin']) {
    for (const name of await readdir(folder)) {
      if (!/^(apt|dpkg)/.test(name)) await symlink(join(folder, name), join(bin, name)).catch(() => undefined);
    }
  }
  try {
    const empty = { PATH: bin, XDG_CACHE_HOME: join(bin, '.cache') };
    const without = await kconform(['doctor'], { env: empty });
    const downloads =
      'published kernels cannot be downloaded: apt-get not found; name a kernel by its path: --kernel ./bzImage';
    expect(without.stdout).toMatch(new RegExp(`^limit +apt +${downloads}$`, 'm'));
    expect(without.stdout).toMatch(/^limit +kernel +apt-get not found: .*doctor --kernel \.\/bzImage$/m);
    expect(without.stdout).toMatch(/^limit +accelerator +not tried: there is no kernel to boot$/m);
    expect(without.stdout).not.toContain('FAULT');
    expect(without.exitCode).toBe(0);
    const { vmlinux } = await resolveKernel('6.12');
    const given = await kconform(['doctor', '--kernel', vmlinux], { env: { PATH: bin } });
    expect(given.stdout).toMatch(/^ok +accelerator +(kvm|tcg) /m);
    expect(given.exitCode).toBe(0);
    const run = await kconform(['run', 'bpffs/mount-owner', '--kernel', '6.12.57'], { env: empty });
    expect(run.all).toContain('apt-get not found: it is needed to download published kernels');
    expect(run.all).toContain('name a kernel by its path: --kernel ./bzImage');
    expect(run.exitCode).toBe(2);
  } finally {
    await rm(bin, { recursive: true });
  }
});

test.each([
  ['/etc/passwd', /^FAULT +kernel +\S.*is not a bootable x86-64 kernel/m],
  ['6.12.44', /^FAULT +kernel +no published kernel is "6\.12\.44"/m],
])('a bad kernel is no fault of the accelerator: %s', async (kernel, words) => {
  const result = await kconform(['doctor', '--kernel', kernel]);
  expect(result.stdout).toMatch(words);
  expect(result.stdout).toMatch(/^limit +accelerator +not tried: there is no kernel to boot$/m);
  expect(result.stdout.match(/^FAULT/gm)).toHaveLength(1);
  expect(result.exitCode).toBe(2);
});

test('the exit codes are in the help', async () => {
  const { stdout } = await kconform(['doctor', '--help']);
  expect(stdout).toMatch(/Exit codes: 0 .*2 /);
});
