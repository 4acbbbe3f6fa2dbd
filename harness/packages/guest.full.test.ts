/** Packages in a guest of the published 6.12. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestMachine } from '../guest/guest-machine.ts';
import { buildInitramfs } from '../guest/initramfs/initramfs.ts';
import { readDrivers, withKernelParts } from '../guest/initramfs/modules.ts';
import { limitsFor } from '../guest/limits/limits.ts';
import { commandLineFor } from '../guest/qemu/command-line.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { resolveKernel } from '../kernels/resolve.ts';
import { type PackageArchive, packageArchive } from './archive.ts';

let folder: string;
let kernel: Kernel;
let archive: PackageArchive;
let machine: GuestMachine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-packages-'));
  kernel = await resolveKernel('6.12');
  archive = await packageArchive(['bash', 'coreutils', 'gawk', 'iproute2', 'python3', 'strace', 'util-linux']);
  machine = await boot(256 + archive.memoryMiB);
});
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function boot(memoryMiB: number): Promise<GuestMachine> {
  const plain = await buildInitramfs({ cache: folder, packagePrograms: archive.programs });
  const initramfs = await withKernelParts(
    plain,
    { modules: await readDrivers(kernel.modules ?? []) },
    { cache: folder },
  );
  const machine = { accelerator: 'tcg', cpus: 1, memoryMiB, vmlinux: kernel.vmlinux, initramfs } as const;
  return GuestMachine.boot({ ...machine, archives: [archive], commandLine: commandLineFor('tcg') }, limitsFor('tcg'));
}

async function run(command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await machine.agent.exec(command);
  expect(stderr.toString()).toBe('');
  expect(exitCode).toBe(0);
  return stdout.toString().trimEnd();
}

test('strace follows a program', async () => {
  expect(await run('strace -o /tmp/log -e trace=mkdir mkdir /tmp/made; head -n 1 /tmp/log')).toMatch(
    /^mkdir\("\/tmp\/made", 0777\) += 0$/,
  );
});

test('network namespaces have names', async () => {
  const script = 'ip netns add one; ip netns exec one ip link set lo up; ip netns list; ip -n one -br link show lo';
  expect(await run(script)).toMatch(/^one\nlo +UNKNOWN/);
});

test('python3 runs a script that begins with its name', async () => {
  const script = '#!/usr/bin/python3\nimport json, os, struct\nprint(json.dumps({"pid": os.getpid() > 1}))\n';
  const { exitCode } = await machine.agent.exec('cat >/tmp/script && chmod 755 /tmp/script', { stdin: script });
  expect(exitCode).toBe(0);
  expect(await run('/tmp/script')).toBe('{"pid": true}');
});

test('programs of packages replace those of busybox, and the shell of scenarios stays', async () => {
  expect(await run(`bash -c 'words=(a b c); declare -p words'`)).toBe('declare -a words=([0]="a" [1]="b" [2]="c")');
  expect(await run('cat --version | head -n 1; env ls --version | head -n 1')).toMatch(
    /GNU coreutils.*\n.*GNU coreutils/,
  );
  expect(await run('awk \'BEGIN { print PROCINFO["version"] }\'')).toMatch(/^5\./);
  expect(await run('ls -l /bin /bin/sh /usr/bin/dropbear | sed "s/.* //"')).toContain('busybox');
  expect(await run('vi --help 2>&1 | head -n 1; ping -c 1 127.0.0.1 >/dev/null && echo pinged')).toMatch(
    /^BusyBox.*\npinged$/,
  );
});

test('the SSH server keeps the libraries of the host, and sessions know nothing of them', async () => {
  const maps = await run('cat /proc/$(cat /run/dropbear.pid)/maps');
  expect(maps).toContain('/usr/lib/kconform/libc.so.6');
  expect(maps).not.toContain('/usr/lib/x86_64-linux-gnu/');
  expect(await run('env')).not.toContain('LD_LIBRARY_PATH');
});

test('modes and owners are those of the packages, and no link leads nowhere', async () => {
  expect(await run('stat -c "%A %U" /usr/bin/su /etc/shadow')).toBe('-rwsr-xr-x root\n-rw-r--r-- root');
  expect(await run('su nobody -s /bin/sh -c id')).toContain('uid=65534(nobody)');
  expect(await run('find -L / -xdev -type l')).toBe('');
});

test('a guest with too little memory for its files is refused', async () => {
  await expect(boot(256)).rejects.toMatchObject({ code: 'KC_GUEST_MEMORY', blame: 'case' });
});
