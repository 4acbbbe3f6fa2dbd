import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import type { Kernel } from '../kernel.ts';
import { findModules, type ModuleSearch } from './find-modules.ts';
import { moduleFile } from './module-file.test-support.ts';
import { readTree, storeTree } from './stored-tree.ts';

const RELEASE = '6.12.57+test';
const VERMAGIC = `${RELEASE} SMP preempt mod_unload`;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kconform-find-modules-'));
  vi.stubEnv('XDG_CACHE_HOME', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

async function write(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const module = (fields: Parameters<typeof moduleFile>[0]) => moduleFile({ vermagic: VERMAGIC, ...fields });

/** Files of a folder such as lib/modules/RELEASE. */
const FILES = {
  'kernel/fs/overlayfs/overlay.ko': module({ alias: 'fs-overlay' }),
  'kernel/drivers/block/loop.ko': module({
    parm: ['max_loop:Maximum number of loop devices'],
    parmtype: 'max_part:int',
  }),
  'kernel/fs/btrfs/btrfs.ko': module({
    depends: 'raid6_pq,libcrc32c',
    softdep: ['pre: crypto-crc32c not-there', 'pre: sha256', 'post: late'],
  }),
  'kernel/lib/raid6/raid6_pq.ko': module({}),
  'kernel/lib/libcrc32c.ko': module({ softdep: 'pre: crc32c' }),
  'kernel/lib/late.ko': module({}),
  'kernel/arch/x86/crypto/crc32c-intel.ko': module({ alias: ['crc32c', 'crypto-crc32c', 'cpu:type:x86*'] }),
  'kernel/crypto/crc32c_generic.ko': module({ alias: ['crc32c', 'crypto-crc32c'] }),
  'kernel/fs/ext4/ext4.ko': module({ depends: 'jbd2' }),
  'kernel/drivers/net/tun.ko': 'no module',
  'kernel/drivers/net/dummy.ko': moduleFile({ vermagic: '6.12.1 SMP' }),
  'modules.builtin': 'kernel/drivers/block/virtio_blk.ko\nkernel/crypto/sha256_generic.ko\n',
  'modules.builtin.modinfo':
    'virtio_blk.parm=num_request_queues:Limit\0virtio_blk.license=GPL\0sha256_generic.alias=sha256\0',
};

/** A kernel with its modules in the cache, as of `kconform build`. */
async function builtKernel(files: Parameters<typeof write>[1] = FILES): Promise<Kernel> {
  const vmlinux = cachePath('kernels/built-1/vmlinux');
  await write(dirname(vmlinux), { 'vmlinux.config': 'CONFIG_TUN=m\nCONFIG_VETH=y\nCONFIG_EXT4_FS=m\nCONFIG_ZRAM=m\n' });
  const tree = join(dirname(vmlinux), 'tree');
  await storeTree(await write(cachePath('kernels/built-1/unpacked'), files), tree);
  return { id: '1', spec: 'x+test', version: RELEASE, package: null, vmlinux, sha256: '', moduleFolder: tree };
}

const names = ({ modules }: ModuleSearch) => modules.map(({ name }) => name);

test('a module is found by its name with - or _ and by its alias, with its bytes as they were published', async () => {
  const kernel = await builtKernel();
  const found = await findModules(kernel, ['overlay', 'crc32c_intel', 'crc32c-generic', 'fs-overlay']);
  expect(found.answers).toEqual(
    ['overlay', 'crc32c_intel', 'crc32c_generic', 'overlay'].map((name) => ({ kind: 'module', name })),
  );
  expect(names(found)).toEqual(['overlay', 'crc32c_intel', 'crc32c_generic']);
  expect(found.modules[0]?.bytes.equals(FILES['kernel/fs/overlayfs/overlay.ko'])).toBe(true);
});

test('the link to the tree in which a kernel was built is not followed: modules_install makes one, and its files may lie below that tree', async () => {
  const output = await write(cachePath('kernels/built-1/output'), FILES);
  const installed = await write(join(output, 'installed/lib/modules', RELEASE), FILES);
  await symlink(output, join(installed, 'build'));
  const tree = cachePath('kernels/built-1/tree');
  await storeTree(installed, tree);
  const own = Object.keys(FILES).filter((file) => file.endsWith('.ko'));
  expect((await readdir(tree, { recursive: true })).filter((file) => file.endsWith('.ko.zst')).sort()).toEqual(
    own.map((file) => `${file}.zst`).sort(),
  );
  expect((await readTree(tree))?.modules.every(({ file }) => file.startsWith('kernel/'))).toBe(true);
});

test('each module comes after what it depends on and what it wants before it, built-in ones and those not there left out', async () => {
  const found = await findModules(await builtKernel(), ['btrfs', 'raid6_pq']);
  expect(names(found)).toEqual(['crc32c_generic', 'raid6_pq', 'libcrc32c', 'btrfs']);
});

test('parameters go to the module, or to the command line of the kernel that has it built in', async () => {
  const found = await findModules(await builtKernel(), [
    'loop max_loop=4 max-part=2',
    'virtio_blk num_request_queues=1',
  ]);
  expect(found.modules.map(({ name, parameters }) => [name, parameters])).toEqual([['loop', 'max_loop=4 max-part=2']]);
  expect(found.answers).toEqual([
    { kind: 'module', name: 'loop' },
    { kind: 'built-in', name: 'virtio_blk', kernelParameters: ['virtio_blk.num_request_queues=1'] },
  ]);
});

test.each([
  ['built in by its alias', 'sha256', { kind: 'built-in', name: 'sha256_generic', kernelParameters: [] }],
  ['built in by the configuration', 'veth', { kind: 'built-in', name: 'veth', kernelParameters: [] }],
  ['not configured', 'xfs', { kind: 'not-configured', name: 'xfs', options: ['CONFIG_XFS_FS'] }],
  ['a typo', 'overlya', { kind: 'unknown', name: 'overlya', nearest: ['overlay'] }],
  ['a name that no kernel knows', 'qqqqqqqq', { kind: 'unknown', name: 'qqqqqqqq', nearest: [] }],
  [
    'a parameter with a typo',
    'loop max_lop=4',
    { kind: 'unknown-parameter', name: 'loop', parameter: 'max_lop', known: ['max_loop', 'max_part'] },
  ],
])('%s', async (_, name, answer) => {
  const found = await findModules(await builtKernel(), [name]);
  expect(found).toEqual({ answers: [answer], modules: [] });
});

test.each([
  ['its file is not there', 'zram', /^CONFIG_ZRAM=m, but zram\.ko is not in .*built-1\/tree$/],
  ['its dependency is not there', 'ext4', /^it needs the module jbd2, which is not in /],
  ['its file is no module', 'tun', /^kernel\/drivers\/net\/tun\.ko is no module or is damaged$/],
  ['it was built for another release', 'dummy', /dummy\.ko\.zst was built for 6\.12\.1, not for 6\.12\.57\+test$/],
])('a configured module cannot be loaded: %s', async (_, name, reason) => {
  const { answers } = await findModules(await builtKernel(), [name]);
  expect(answers).toEqual([{ kind: 'no-file', name, reason: expect.stringMatching(reason) }]);
});

test('a kernel of which no modules and no configuration are known answers so', async () => {
  const vmlinux = cachePath('kernels/file-1/vmlinux');
  await write(dirname(vmlinux), { vmlinux: '' });
  const kernel: Kernel = { id: '1', spec: './bzImage', version: RELEASE, package: null, vmlinux, sha256: '' };
  expect((await findModules(kernel, ['overlay'])).answers).toEqual([
    {
      kind: 'no-file',
      name: 'overlay',
      reason: `no modules are known for ./bzImage, and ${RELEASE} does not tell its configuration`,
    },
  ]);
});

test('a module that was changed in the cache, its size and times kept, is noticed', async () => {
  const kernel = await builtKernel({ 'kernel/fs/overlay.ko': module({}) });
  const file = join(kernel.moduleFolder ?? '', 'kernel/fs/overlay.ko.zst');
  await writeFile(file, 'x'.repeat(100));
  await utimes(file, 1, 1);
  await expect(findModules(kernel, ['overlay'])).rejects.toMatchObject({ code: 'KC_MODULE_FILE', blame: 'host' });
  await writeFile(join(kernel.moduleFolder ?? '', 'index.json'), '{"modules":');
  await expect(findModules(kernel, ['overlay'])).rejects.toMatchObject({ code: 'KC_MODULE_FILE' });
});

test('a folder of the user is read as it is now', async () => {
  const folder = await write(join(home, 'modules'), { 'fs/overlay.ko': module({}), 'fs/xfs.ko': module({}) });
  await execa('xz', ['--check=crc32', join(folder, 'fs/xfs.ko')]);
  const kernel = { ...(await builtKernel({ 'modules.builtin': '' })), moduleFolder: folder };
  expect(names(await findModules(kernel, ['overlay', 'xfs']))).toEqual(['overlay', 'xfs']);
  const rebuilt = module({ depends: 'exportfs' });
  await write(folder, { 'fs/overlay.ko': rebuilt, 'fs/exportfs.ko': module({}) });
  const found = await findModules(kernel, ['overlay']);
  expect(names(found)).toEqual(['exportfs', 'overlay']);
  expect(found.modules[1]?.bytes.equals(rebuilt)).toBe(true);
});

test('of a tree that was built, the modules of this build count', async () => {
  const folder = await write(join(home, 'linux'), {
    '.config': 'CONFIG_OVERLAY_FS=m\n',
    'modules.order': 'fs/overlayfs/overlay.o\n',
    'fs/overlayfs/overlay.ko': module({}),
    'fs/xfs/xfs.ko': module({}),
    'modules.builtin': 'kernel/drivers/block/virtio_blk.ko\n',
  });
  const { answers } = await findModules({ ...(await builtKernel({ 'modules.builtin': '' })), moduleFolder: folder }, [
    'overlay',
    'xfs',
    'virtio-blk',
  ]);
  expect(answers.map(({ kind }) => kind)).toEqual(['module', 'not-configured', 'built-in']);
});
