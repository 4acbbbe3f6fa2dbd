/** Evidence is run as somebody does who has no kconform: with its scripts, a kernel, and the programs that README.txt names. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveKernel } from '../../kernels/resolve.ts';
import { kconform, REPOSITORY } from './command-line.test-support.ts';

const LIMIT_MS = 600_000;
const KERNELS = ['6.12.43', '6.12.118'];
/** Scenarios in shell, in C with a module and kconform.h, and in TypeScript. */
const CASES = ['proc/link-count', 'overlay/empty-capability', 'tmpfs/remount-noswap'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-evidence-full-'));
  const kernels = KERNELS.flatMap((spec) => ['--kernel', spec]);
  const { exitCode, all } = await kconform(['run', ...CASES, ...kernels, '--out', 'out'], {
    cwd: folder,
    limitMs: LIMIT_MS,
  });
  expect(exitCode, all).toBe(0);
}, LIMIT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A shell without node, whose programs are those of the system. */
function shell(command: string, cwd: string) {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  return execa('sh', ['-c', command], { cwd, env, extendEnv: false, all: true, timeout: LIMIT_MS });
}

test.each([
  ['proc/link-count', '6.12.43', /^observed links: 6\r?$/m],
  ['proc/link-count', '6.12.118', /^observed links: 4\r?$/m],
  ['overlay/empty-capability', '6.12.43', /^observed empty: EINVAL\r?$/m],
  ['overlay/empty-capability', '6.12.118', /^observed empty: null\r?$/m],
  ['tmpfs/remount-noswap', '6.12.43', /MS_REMOUNT, "size=2M"\)[^=]*= -1 Invalid argument\r?$/m],
  ['tmpfs/remount-noswap', '6.12.118', /MS_REMOUNT, "size=2M"\)[^=]*= 0\r?$/m],
])('%s on %s: the guest of the evidence shows what the run showed', { timeout: LIMIT_MS }, async (name, spec, seen) => {
  const to = `${name.replace('/', '-')}-${spec}`;
  const written = await kconform(['evidence', 'out', name, '--kernel', spec, '--to', to], {
    cwd: folder,
    limitMs: LIMIT_MS,
  });
  expect(written).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`wrote ${to}`) });
  const { vmlinux } = await resolveKernel(spec);
  const cwd = join(folder, to);
  await shell(`sh get-kernel.sh '${vmlinux}' && sh build.sh`, cwd);
  // The command as README.txt shows it.
  const readme = await readFile(join(cwd, 'README.txt'), 'utf8');
  const [command = ''] = /^ {2}qemu-system-x86_64 (?:.*\\\n)+.*$/m.exec(readme) ?? [];
  await shell(command, cwd);
  const printed = await readFile(join(cwd, 'serial.log'), 'latin1');
  expect(printed).toMatch(seen);
  expect(printed).toMatch(/^evidence: the reproducer ended with exit status 0\r?$/m);
  expect(readme).toContain(spec === '6.12.43' ? 'This kernel shows the bug' : 'This kernel does not show the bug');
});

test('the calls of a scenario in TypeScript come out in another way on a kernel with the fix', {
  timeout: LIMIT_MS,
}, async () => {
  const to = join(folder, 'calls-elsewhere');
  await kconform(['evidence', 'out', 'tmpfs/remount-noswap', '--to', to], { cwd: folder, limitMs: LIMIT_MS });
  const { vmlinux } = await resolveKernel('6.12.118');
  const ran = await shell(`sh get-kernel.sh '${vmlinux}' && sh run.sh`, to);
  expect(ran.all).toMatch(/MS_REMOUNT, "size=2M"\)[^=]*= 0 {3}<-- the run: -1 Invalid argument\r?$/m);
  expect(ran.all).toMatch(/^evidence: the reproducer ended with exit status 2\r?$/m);
});

test('versions that an earlier run observed are in the table', { timeout: LIMIT_MS }, async () => {
  const matrix = await kconform(['matrix', 'proc/link-count', '--kernel', '6.12.69'], { limitMs: LIMIT_MS });
  expect(matrix.exitCode, matrix.all).toBe(0);
  const to = join(folder, 'kept');
  await kconform(['evidence', 'out', 'proc/link-count', '--to', to], { cwd: folder, limitMs: LIMIT_MS });
  expect(await readFile(join(to, 'README.txt'), 'utf8')).toMatch(/^6\.12\.69 +shows it \(earlier run\) +links: 6$/m);
});

test('get-kernel.sh takes a package, and refuses another one', { timeout: LIMIT_MS }, async () => {
  const to = join(folder, 'package');
  await kconform(['evidence', 'out', 'proc/link-count', '--to', to], { cwd: folder, limitMs: LIMIT_MS });
  const name = /^kernel_package=(.*)$/m.exec(await readFile(join(to, 'settings.sh'), 'utf8'))?.[1] ?? '';
  const make = 'mkdir -p tree/DEBIAN tree/boot && echo image >tree/boot/vmlinuz-1';
  const control = `printf 'Package: ${name}\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b>\\nDescription: d\\n' >tree/DEBIAN/control`;
  await shell(`${make} && ${control} && dpkg-deb -b tree other.deb`, to);
  await expect(shell('sh get-kernel.sh other.deb', to)).rejects.toThrow(/is another file than the one that was tested/);
  await shell(`sed -i s/^deb_sha256=.*/deb_sha256=$(sha256sum other.deb | cut -d' ' -f1)/ settings.sh`, to);
  expect((await shell('sh get-kernel.sh other.deb && cat kernel-image', to)).stdout).toContain('image');
});

test.each([
  ['futex-quoted-printable.eml', '6.12.74', '6.12.85', /commands|requeue/],
  ['nsfs-attached.eml', '6.12.90', '6.12.94', /exit status 1/],
])('a bug report, %s: what repro kept runs without kconform', { timeout: LIMIT_MS }, async (name, bad, good, seen) => {
  const report = join(REPOSITORY, 'harness/bug-reports/test-data', name);
  const run = await kconform(['repro', report, '--kernel', bad, '--kernel', good, '--out', name], {
    cwd: folder,
    limitMs: LIMIT_MS,
  });
  expect(run.exitCode, run.all).toBe(1);
  const to = `evidence-of-${name}`;
  await kconform(['evidence', name, report, '--to', to], { cwd: folder, limitMs: LIMIT_MS });
  const cwd = join(folder, to);
  const { vmlinux } = await resolveKernel(bad);
  const ran = await shell(`sh get-kernel.sh '${vmlinux}' && sh build.sh && sh run.sh`, cwd);
  expect(ran.all).toMatch(/^evidence: the reproducer ended with exit status \d+\r?$/m);
  expect(ran.all).toMatch(seen);
  const mail = await kconform(['mail', name], { cwd: folder });
  expect(mail.stdout).toContain(`${good}`);
  expect(mail.exitCode).toBe(0);
});

test('an oops ends the machine of the evidence', { timeout: LIMIT_MS }, async () => {
  const report = join(REPOSITORY, 'harness/bug-reports/test-data/pagemap-scan-splat.eml');
  const run = await kconform(['repro', report, '--kernel', '6.12.43', '--out', 'oops'], { cwd: folder });
  expect(run.exitCode, run.all).toBe(1);
  await kconform(['evidence', 'oops', '--to', 'evidence-of-oops'], { cwd: folder });
  const { vmlinux } = await resolveKernel('6.12.43');
  const ran = await shell(`sh get-kernel.sh '${vmlinux}' && sh run.sh`, join(folder, 'evidence-of-oops'));
  expect(ran.all).toMatch(/BUG: kernel NULL pointer dereference[\s\S]*Kernel panic - not syncing: Fatal exception/);
});
