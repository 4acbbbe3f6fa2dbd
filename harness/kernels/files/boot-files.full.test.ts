/** Guests on a published kernel that comes as other distributions and make package it; its drivers are modules. */
import { cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pathsBelow } from '../../cache/folder-content.ts';
import { downloadPackage } from '../debian/download.ts';
import type { Kernel } from '../kernel.ts';
import { bootWithModules } from '../modules/guest.test-support.ts';
import { resolveKernel } from '../resolve.ts';
import { makeArchive, makeRpm, writeFiles } from './packages.test-support.ts';

let folder: string;
let published: Kernel;
let deb: string;
/** `lib/modules/RELEASE` of the package. */
let modules: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-boot-files-'));
  published = await resolveKernel('6.1');
  deb = await downloadPackage(published.package ?? '', folder, undefined);
  await execa('dpkg-deb', ['-x', deb, join(folder, 'deb')]);
  modules = join('lib/modules', published.version);
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const inBoot = (name: string) => join(folder, 'deb/boot', `${name}-${published.version}`);

/** As Fedora and Arch Linux lay it out. */
async function installed(name: string, prefix: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(join(root, prefix, 'lib/modules'), { recursive: true });
  await cp(join(folder, 'deb', modules), join(root, prefix, modules), { recursive: true });
  await cp(inBoot('vmlinuz'), join(root, prefix, modules, 'vmlinuz'));
  await cp(inBoot('config'), join(root, prefix, modules, 'config'));
  return root;
}

async function expectBoots(spec: string): Promise<void> {
  const kernel = await resolveKernel(spec);
  expect(kernel).toMatchObject({ spec, version: published.version, sha256: published.sha256 });
  const loaded = await bootWithModules(kernel, ['overlay', 'loop']);
  expect(loaded).toMatchObject({ release: published.version, taint: 0 });
  for (const name of ['virtio_console', 'overlay', 'loop'])
    expect(loaded.modules).toMatch(new RegExp(`^${name} `, 'm'));
}

test('a .deb', () => expectBoots(deb));

test('a .rpm, and one of it that is cut off', async () => {
  const rpm = await makeRpm(await installed('rpm', ''), folder, 'kernel-mine');
  await expectBoots(rpm);
  const [size, part] = [(await readFile(rpm)).length, join(folder, 'part.rpm')];
  await cp(rpm, part);
  await truncate(part, Math.floor(size / 2));
  await expect(resolveKernel(part)).rejects.toMatchObject({ code: 'KC_KERNEL_PACKAGE' });
});

test('a folder with the .rpm files of the image and of its modules', async () => {
  const core = await installed('core', '');
  const rest = join(folder, 'rest');
  await mkdir(join(rest, modules), { recursive: true });
  await rename(join(core, modules, 'kernel'), join(rest, modules, 'kernel'));
  const to = join(folder, 'packages');
  await mkdir(to);
  await makeRpm(core, to, 'kernel-core');
  await makeRpm(rest, to, 'kernel-modules');
  await expectBoots(to);
});

test('a .pkg.tar.zst of Arch Linux', async () => {
  await expectBoots(await makeArchive(await installed('arch', 'usr'), folder, 'linux-mine.pkg.tar.zst'));
});

test('a tree in which it was built', async () => {
  const tree = await writeFiles(join(folder, 'linux'), { Makefile: 'VERSION = 6\n', 'kernel/Makefile': '' });
  const from = join(folder, 'deb', modules, 'kernel');
  const names = (await pathsBelow(from)).filter((name) => name.endsWith('.ko'));
  await cp(from, tree, { recursive: true });
  await cp(inBoot('config'), join(tree, '.config'));
  await mkdir(join(tree, 'arch/x86/boot'), { recursive: true });
  await cp(inBoot('vmlinuz'), join(tree, 'arch/x86/boot/bzImage'));
  await writeFile(join(tree, 'modules.order'), names.map((name) => `${name}\n`).join(''));
  await expectBoots(tree);
});
