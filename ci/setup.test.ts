/** Set-up on a system without apt-get: a PATH with links to the host's programs, a copy of the script, and no network. */
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-setup-'));
  await mkdir(join(folder, 'ci'));
  await mkdir(join(folder, 'node_modules'));
  for (const name of ['setup', 'system-packages.txt'])
    await cp(fileURLToPath(new URL(name, import.meta.url)), join(folder, 'ci', name));
  await writeFile(join(folder, 'package-lock.json'), '{}');
  await writeFile(join(folder, 'node_modules/.kconform-setup'), '');
});
afterEach(() => rm(folder, { recursive: true }));

async function setUpWithout(programs: readonly string[], system = 'ID=debian\n') {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const name of await readdir('/usr/bin')) {
    if (!programs.includes(name)) await symlink(join('/usr/bin', name), join(bin, name));
  }
  await rm(join(bin, 'node'), { force: true });
  if (!programs.includes('node')) await symlink(process.execPath, join(bin, 'node'));
  const release = join(folder, 'os-release');
  await writeFile(release, system);
  const env = { PATH: bin, OS_RELEASE: release };
  return execa(join(bin, 'bash'), [join(folder, 'ci/setup')], { reject: false, all: true, env });
}

test.each([
  ['ID=debian', 'Debian: qemu-system-x86', 'Debian: dwarves'],
  ['ID=ubuntu\nID_LIKE=debian', 'Debian: qemu-system-x86', 'Debian: dwarves'],
  ['ID=fedora', 'Fedora: qemu-system-x86', 'Fedora: dwarves'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'Fedora: qemu-system-x86', 'Fedora: dwarves'],
  ['ID=arch', 'Arch Linux: qemu-system-x86', 'Arch Linux: pahole'],
  ['ID=nixos', 'nixpkgs: qemu', 'nixpkgs: pahole'],
  ['', 'Debian: qemu-system-x86', 'Debian: dwarves'],
])(
  'without apt-get, on a system of %j, prints the missing programs and their packages',
  async (system, qemu, pahole) => {
    const result = await setUpWithout(['apt-get', 'qemu-system-x86_64', 'pahole'], `${system}\n`);
    expect(result.all).toBe(`set-up: apt-get not found; install these with your package manager, then run this again:
  qemu-system-x86_64 (${qemu})
  pahole (${pahole})`);
    expect(result.exitCode).toBe(2);
  },
);

test('prints a missing compiler, static busybox and headers', async () => {
  const result = await setUpWithout(['apt-get', 'gcc', 'busybox'], 'ID=fedora\n');
  expect(result.all).toMatch(/^ {2}gcc \(Fedora: gcc\)$/m);
  expect(result.all).toMatch(/^ {2}a statically linked busybox \(Fedora: busybox\)$/m);
  expect(result.all).toMatch(/^ {2}libc\.a, the static C library \(Fedora: glibc-static\)$/m);
  expect(result.exitCode).toBe(2);
});

test('without node, prints that node is missing', async () => {
  expect(await setUpWithout(['apt-get', 'node'])).toMatchObject({
    all: 'set-up: node not found; Node 20.19 or later is needed',
    exitCode: 2,
  });
});

test('succeeds silently when nothing is missing', async () => {
  const result = await setUpWithout(['apt-get']);
  expect(result.all).toBe('');
  expect(result.exitCode).toBe(0);
});
