import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findModules } from '../modules/find-modules.ts';
import { resolveKernel } from '../resolve.ts';
import { buildTree } from './build.ts';

// A tree that make builds as it builds a kernel's, in a moment: the same targets, an image with a banner and a PVH entry.
const MAKEFILE = `
VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 99
EXTRAVERSION =
# KERNELVERSION
tinyconfig: ; @echo CONFIG_TINY=y > $(O)/.config
olddefconfig: ; @[ ! -e drop ] || sed -i /CONFIG_$$(cat drop)=/d $(O)/.config
vmlinux: ; gcc -g -nostdlib -static -o $(O)/vmlinux vmlinux.c && touch $(O)/System.map
modules: ; mkdir -p $(O)/samples/kmemleak && touch $(O)/samples/kmemleak/kmemleak-test.ko
modules_install: ; mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.12.99+debug/kernel
\tgcc -c -o $(INSTALL_MOD_PATH)/lib/modules/6.12.99+debug/kernel/own.ko own.c
`;
const MODULE = '__attribute__((section(".modinfo"))) const char version[] = "vermagic=6.12.99+debug SMP";\n';
const IMAGE = `
__asm__(".pushsection .note.Xen, \\"a\\", @note; .long 4, 8, 18; .asciz \\"Xen\\"; .quad _start; .popsection");
const char banner[] = "Linux version 6.12.99+debug (me@here) #1\\n";
void _start(void) {}
`;

let folder: string;
const tree = () => join(folder, 'tiny tree');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-build-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  await mkdir(tree());
  await writeFile(join(tree(), 'Makefile'), MAKEFILE);
  await writeFile(join(tree(), 'vmlinux.c'), IMAGE);
  await writeFile(join(tree(), 'own.c'), MODULE);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('a built tree can be named, with its symbols, its configuration and its leaking module', async () => {
  const before = await readdir(tree());
  const built = await buildTree(tree(), 'debug', {});
  expect(built).toMatchObject({ spec: 'tiny-tree+debug', version: '6.12.99+debug', machine: { memoryMiB: 384 } });
  const named = await resolveKernel('tiny-tree+debug');
  expect(named).toEqual(built);
  expect(await readFile(`${named.vmlinux}.config`, 'utf8')).toContain('CONFIG_TINY=y\n');
  expect(await readFile(`${named.vmlinux}.config`, 'utf8')).toContain('CONFIG_DEBUG_KMEMLEAK=y\n');
  expect((await readFile(String(named.symbols))).length).toBeGreaterThan((await readFile(named.vmlinux)).length);
  expect(named.leakModule).toBeDefined();
  expect((await findModules(named, ['own'])).answers).toEqual([{ kind: 'module', name: 'own' }]);
  expect(await readdir(tree())).toEqual(before);
});

test('an option that the configuration drops ends the build with its name', async () => {
  await writeFile(join(tree(), 'drop'), 'DEBUG_KMEMLEAK\n');
  await expect(buildTree(tree(), 'debug', {})).rejects.toMatchObject({
    code: 'KC_CONFIG_DROPPED',
    message: expect.stringContaining('CONFIG_DEBUG_KMEMLEAK=y (is not set)'),
  });
});

test('what the compiler says is the error, with the log', async () => {
  await writeFile(join(tree(), 'vmlinux.c'), 'int x = ;\n');
  const failed = await buildTree(tree(), 'debug', {}).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'KC_BUILD', message: expect.stringMatching(/vmlinux\.c:1:9: error:/) });
  await expect(resolveKernel('tiny-tree+debug')).rejects.toMatchObject({ code: 'KC_NOT_BUILT' });
});

test.runIf(process.getuid?.() === 0)('a disk without room is told before anything is built', async () => {
  const small = join(folder, 'small');
  await mkdir(small);
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]);
  vi.stubEnv('XDG_CACHE_HOME', small);
  try {
    const failed = await buildTree(tree(), 'debug', {}).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'KC_DISK_FULL', blame: 'host', message: expect.stringContaining('2 GiB') });
  } finally {
    await execa('umount', [small]);
  }
});

test('an interruption leaves no compiler behind, and the next build goes on', async () => {
  const controller = new AbortController();
  const pidFile = join(folder, 'pid');
  await writeFile(
    join(tree(), 'Makefile'),
    MAKEFILE.replace('; gcc', () => `; echo $$$$ > ${pidFile}; exec sleep 300; gcc`),
  );
  const building = buildTree(tree(), 'debug', { signal: controller.signal });
  const ended = expect(building).rejects.toMatchObject({ code: 'KC_INTERRUPTED' });
  const pid = await vi.waitFor(async () => {
    const text = await readFile(pidFile, 'utf8');
    expect(text).toMatch(/^\d+\n$/);
    return Number(text);
  }, 20_000);
  expect(() => process.kill(pid, 0)).not.toThrow();
  controller.abort();
  await ended;
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000);

  await writeFile(join(tree(), 'Makefile'), MAKEFILE);
  expect((await buildTree(tree(), 'debug', {})).version).toBe('6.12.99+debug');
});

test('a tree whose objects were made in place is refused, its .config gone or not', async () => {
  await mkdir(join(tree(), 'include/config'), { recursive: true });
  await expect(buildTree(tree(), 'debug', {})).rejects.toMatchObject({
    code: 'KC_TREE_NOT_CLEAN',
    hint: expect.stringContaining('make mrproper'),
  });
});

test.each([
  ['.config', 'KC_TREE_NOT_CLEAN'],
  ['Makefile', 'KC_NO_SUCH_TREE'],
])('a tree whose %s is not as it must be is refused', async (file, code) => {
  await writeFile(join(tree(), file), '');
  await expect(buildTree(tree(), 'debug', {})).rejects.toMatchObject({ code });
});

test('a kernel that is not built is an error with the command that builds it', async () => {
  await expect(resolveKernel('6.12.117+debug', { build: async () => false })).rejects.toMatchObject({
    code: 'KC_NOT_BUILT',
    hint: expect.stringContaining('npx kconform build --source 6.12.117 --profile debug'),
  });
});
