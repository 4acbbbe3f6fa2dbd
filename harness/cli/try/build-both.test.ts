import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { profileOfConfig } from '../../kernels/build/profile.ts';
import { checkedOut } from '../../kernels/patches/git-tree.ts';
import { readPatchText } from '../../kernels/patches/read-patches.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { buildBoth } from './build-both.ts';

// A source that make builds as it builds a kernel's, in a moment: the same targets, an image with a banner and a PVH entry.
const MAKEFILE = `
VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 99
# KERNELVERSION
tinyconfig: ; @echo CONFIG_TINY=y > $(O)/.config
olddefconfig: ; @cp Kconfig $(O)/seen-by-config
vmlinux: ; gcc -nostdlib -static -o $(O)/vmlinux vmlinux.c && touch $(O)/System.map
modules: ; mkdir -p $(O)/samples/kmemleak && touch $(O)/samples/kmemleak/kmemleak-test.ko
modules_install: ; mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.12.99+debug/kernel
`;
const IMAGE = `
__asm__(".pushsection .note.Xen, \\"a\\", @note; .long 4, 8, 18; .asciz \\"Xen\\"; .quad _start; .popsection");
const char banner[] = "Linux version 6.12.99+debug (me@here) #1\\n";
void _start(void) {}
int answer = 41;
`;

let folder: string;
const tree = () => join(folder, 'kconform/sources/6.12.99-1/tree');
const change = (from: string, to: string) => `--- a/vmlinux.c\n+++ b/vmlinux.c\n@@ -5,1 +5,1 @@\n-${from}\n+${to}\n`;
const KCONFIG = '--- a/Kconfig\n+++ b/Kconfig\n@@ -1 +1 @@\n-options\n+others\n';

async function patchesIn(...texts: string[]) {
  const read = await Promise.all(texts.map((text, index) => readPatchText(Buffer.from(text), `${index + 1}.patch`)));
  return read.flatMap((one) => one.patches);
}

async function build(...texts: string[]) {
  const patches = await patchesIn(...texts);
  return buildBoth({ source: '6.12.99', profile: 'plain', patches, symbols: false }, {});
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-try-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  await mkdir(tree(), { recursive: true });
  await writeFile(join(tree(), '../complete'), '6.12.99');
  await writeFile(join(tree(), 'Makefile'), MAKEFILE);
  await writeFile(join(tree(), 'Kconfig'), 'options\n');
  await writeFile(join(tree(), 'vmlinux.c'), IMAGE);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('both kernels are built, and the source is the published one afterwards', async () => {
  const { before, after, edits, withoutObject } = await build(change('int answer = 41;', 'int answer = 42;'));
  expect(before.spec).toBe('6.12.99+plain');
  expect(after.sha256).not.toBe(before.sha256);
  expect(await readFile(after.vmlinux)).not.toEqual(await readFile(before.vmlinux));
  expect(edits.map(({ file }) => file)).toEqual(['vmlinux.c']);
  expect(withoutObject).toEqual(['vmlinux.c']); // make links it at once here
  expect(await readFile(join(tree(), 'vmlinux.c'), 'utf8')).toBe(IMAGE);
  expect((await readdir(tree())).sort()).toEqual(['Kconfig', 'Makefile', 'vmlinux.c']);
});

test('a patch that changes no code says nothing', async () => {
  await expect(build(change('int answer = 41;', 'int answer = 41; /* sure */'))).rejects.toMatchObject({
    code: 'KC_SAME_KERNEL',
    message: 'undetermined: the patch changes no code of 6.12.99+plain',
    hint: expect.stringContaining('vmlinux.c'),
  });
  expect(await readFile(join(tree(), 'vmlinux.c'), 'utf8')).toBe(IMAGE);
});

test('a patch that does not compile is named, with file and line', async () => {
  const failing = build(KCONFIG, change('int answer = 41;', 'int answer = ;'));
  await expect(failing).rejects.toMatchObject({
    code: 'KC_BUILD',
    message: expect.stringMatching(/^with 2\.patch \(2\.patch\), the kernel does not build: vmlinux\.c:5:14: error:/),
  });
  expect(await readFile(join(tree(), 'vmlinux.c'), 'utf8')).toBe(IMAGE);
});

test('a patch of Kconfig is configured, and nothing of it is left for the next kernel', async () => {
  const seen = () => readFile(join(folder, 'kconform/builds/6.12.99-1+plain/seen-by-config'), 'utf8');
  await build(KCONFIG, change('int answer = 41;', 'int answer = 43;'));
  expect(await seen()).toBe('others\n');
  await build(change('int answer = 41;', 'int answer = 44;'));
  expect(await seen()).toBe('options\n');
});

test('patches that undo each other, and selftests alone, are nothing to try', async () => {
  const there = change('int answer = 41;', 'int answer = 42;');
  const back = change('int answer = 42;', 'int answer = 41;');
  await expect(build(there, back)).rejects.toThrow('the patches change nothing');
  const selftest = '--- /dev/null\n+++ b/tools/testing/selftests/x.c\n@@ -0,0 +1 @@\n+x\n';
  await expect(build(selftest)).rejects.toThrow('the patches change selftests only');
});

test("a commit of the user's tree, with a configuration of the user's own: the tree stays as it is, and other commits are other kernels", async () => {
  const own = join(folder, 'linux');
  await cp(tree(), own, { recursive: true });
  const git = (...words: string[]) =>
    execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...words], { cwd: own });
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'one');
  await writeFile(join(own, 'vmlinux.c'), IMAGE.replace('41', '40'));
  await git('commit', '-qam', 'two');
  await writeFile(join(folder, 'config'), 'CONFIG_OWN=y\n# CONFIG_OTHER is not set\n');
  const profile = await profileOfConfig(join(folder, 'config'));
  const before = await readFile(join(own, '.git/index'));

  const patches = await patchesIn(change('int answer = 40;', 'int answer = 42;'));
  const head = await buildBoth({ source: await checkedOut(own, 'HEAD', {}), profile, patches, symbols: false }, {});
  expect(head.after.sha256).not.toBe(head.before.sha256);
  expect(await readFile(`${head.after.vmlinux}.config`, 'utf8')).toContain('CONFIG_OWN=y\n');
  expect(await readFile(`${head.after.vmlinux}.config`, 'utf8')).not.toContain('CONFIG_TINY');
  const others = await patchesIn(change('int answer = 41;', 'int answer = 43;'));
  const first = await buildBoth(
    { source: await checkedOut(own, 'HEAD~1', {}), profile, patches: others, symbols: false },
    {},
  );
  expect(first.before.sha256).not.toBe(head.before.sha256);

  expect(await readFile(join(own, 'vmlinux.c'), 'utf8')).toBe(IMAGE.replace('41', '40'));
  expect(await readFile(join(own, '.git/index'))).toEqual(before);
  await expect(resolveKernel('6.12.99+plain')).rejects.toMatchObject({ code: 'KC_NOT_BUILT' }); // none of them is a published one
});
