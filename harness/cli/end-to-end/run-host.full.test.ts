/** `kconform run` on hosts that lack something: space, permission, a network; and beside another run. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { cacheIn, cannotBeApart, kconform, REPOSITORY, startKconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

let cases: string;
let home: string;
beforeAll(async () => {
  cases = await temporaryCases({ pass: PASSES });
  // The shared cache then has a kernel, a frozen guest and package lists.
  expect((await runPass()).exitCode).toBe(0);
});
afterAll(() => rm(cases, { recursive: true, force: true }));
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-host-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const RUN_PASS = () => ['run', 'pass', '--cases', cases, '--kernel', '6.12'];

function runPass(settings: Parameters<typeof kconform>[1] = {}) {
  return kconform(RUN_PASS(), settings);
}

/** The image of the newest 6.12, which the shared cache has: others may be compiled in another way. */
async function publishedImage(): Promise<Buffer> {
  const { vmlinux } = await resolveKernel('6.12');
  return readFile(vmlinux);
}

function expectOneClearError(result: Awaited<ReturnType<typeof kconform>>, message: RegExp): void {
  expect(result.all).toMatch(message);
  expect(result.all).not.toContain('bug in kconform');
  expect(result.all).not.toMatch(/^\s+at /m);
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
}

describe('with mounts or a network of its own', () => {
  beforeEach(async ({ skip }) => {
    const why = await cannotBeApart();
    skip(why !== undefined, why);
  });

  test('a cache that cannot be written to serves what is in it', async () => {
    const cache = cachePath();
    const mounts = `mount --bind ${cache} ${cache}; mount -o remount,bind,ro ${cache}`;
    const result = await runPass({ apart: { mounts } });
    expect(result.all).toMatch(/PASS +pass/);
    expect(result.exitCode).toBe(0);
  });

  test('nothing needs root', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'these tests run without it');
    const user = 65_534;
    const as = ['--reuid', `${user}`, '--regid', `${user}`, '--clear-groups'];
    const reads = await execa('setpriv', [...as, 'test', '-r', join(REPOSITORY, 'package.json')], { reject: false });
    skip(reads.exitCode !== 0, `nobody but root can read ${REPOSITORY}`);
    await writeFile(join(home, 'vmlinux'), await publishedImage());
    for (const path of [home, cases]) await execa('chown', ['-R', '-h', `${user}:${user}`, path]);
    const args = ['run', 'pass', '--cases', cases, '--kernel', join(home, 'vmlinux')];
    const result = await kconform(args, { apart: { user }, env: { HOME: home, XDG_CACHE_HOME: home } });
    expect(result.all).toMatch(/PASS +pass/);
    expect(result.exitCode).toBe(0);
    expect(result.leftovers).toEqual([]);
  });

  test('an empty cache that cannot be written to is named, with the way out', async () => {
    const mounts = `mount -t tmpfs -o ro tmpfs ${home}`;
    const result = await runPass({ apart: { mounts }, env: { XDG_CACHE_HOME: home } });
    expectOneClearError(result, /cannot write to the cache folder: .*EROFS[\s\S]*set XDG_CACHE_HOME/);
  });

  test('a disk that is full once the kernel is there, for lack of space for its frozen guest', async () => {
    const env = await cacheIn(home, 'kernels', 'apt');
    const templates = join(home, 'kconform/templates');
    await mkdir(templates);
    const result = await runPass({ apart: { mounts: `mount -t tmpfs -o size=16m tmpfs ${templates}` }, env });
    expect(result.all).toMatch(/ERROR +pass/);
    expectOneClearError(result, /the disk .*is full[\s\S]*to blame: the host[\s\S]*free some space/);
  });

  test('a disk that is full before the kernel is there', async () => {
    const env = await cacheIn(home, 'apt');
    const kernels = join(home, 'kconform/kernels');
    await mkdir(kernels);
    const result = await runPass({ apart: { mounts: `mount -t tmpfs -o size=16m tmpfs ${kernels}` }, env });
    expectOneClearError(result, /the disk is full[\s\S]*free some space/);
  });

  test('no network and an empty cache', async () => {
    const result = await runPass({ apart: { network: false }, env: { XDG_CACHE_HOME: home } });
    expectOneClearError(result, /cannot get the list of published kernels[\s\S]*check the network/);
  });

  test('no network and a filled cache, whose package lists are old', async () => {
    const env = await cacheIn(home, 'kernels', 'templates');
    const apt = join(home, 'kconform/apt');
    await mkdir(apt);
    for (const name of ['state', 'cache']) await symlink(cachePath('apt', name), join(apt, name));
    await writeFile(join(apt, 'updated'), '');
    await utimes(join(apt, 'updated'), new Date('2026-01-02'), new Date('2026-01-02'));
    const result = await runPass({ apart: { network: false }, env });
    expect(result.all).toContain('no network: using the package lists of 2026-01-02');
    expect(result.all).toMatch(/PASS +pass/);
    expect(result.exitCode).toBe(0);
  });
});

test('two runs at once that need the same kernel fetch it once, and both pass', async () => {
  const env = await cacheIn(home, 'apt');
  const runs = [startKconform(RUN_PASS(), { env }), startKconform(RUN_PASS(), { env })];
  const results = await Promise.all(runs.map(({ ended }) => ended));
  for (const result of results) {
    expect(result.all).toMatch(/PASS +pass/);
    expect(result.exitCode).toBe(0);
    expect(result.leftovers).toEqual([]);
  }
  const downloads = results.flatMap(({ all }) => all.match(/^downloading /gm) ?? []);
  expect(downloads).toHaveLength(1);
  expect(await readdir(join(home, 'kconform/kernels'))).toHaveLength(1);
  const templates = await readdir(join(home, 'kconform/templates'));
  expect(templates.filter((name) => !name.includes('.'))).toHaveLength(1);
});

test('a kernel that panics at boot fails the case, and its last words are shown', async () => {
  const env = await cacheIn(home);
  const kernel = join(home, 'vmlinux');
  const image = await publishedImage();
  // A kernel that knows no archive cannot unpack the one inside itself (init/initramfs.c, populate_rootfs).
  const magic = image.indexOf('070701\0');
  expect(magic).toBeGreaterThan(0);
  image.write('00000X', magic);
  await writeFile(kernel, image);
  const result = await kconform(['run', 'pass', '--cases', cases, '--kernel', kernel], { env });
  expect(result.all).toMatch(/FAIL +pass/);
  expect(result.all).toMatch(/Kernel panic - not syncing: no cpio magic/);
  expect(result.all).toMatch(/awaited for .*boot[\s\S]*console:\n {4}\| .*\n/);
  expect(result.exitCode).toBe(1);
  expect(result.leftovers).toEqual([]);
});
