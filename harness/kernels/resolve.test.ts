import { chmod, mkdir, mkdtemp, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { imagePath } from './debian/catalogue.ts';
import { cachedKernel } from './debian/download.ts';
import { resolveKernel, resolveKernels } from './resolve.ts';
import { storedKernel, storeImage } from './stored-image.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'kconform-resolve-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('PATH', '/nowhere'); // no apt
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

const CACHED = { package: 'linux-image-6.12.57+deb12-cloud-amd64', packageVersion: '6.12.57-1~bpo12+1' };

test.each(['6.12.57', '6.12.57+deb12', '6.12.57-1~bpo12+1'])('a cached kernel, as %s, needs no apt', async (spec) => {
  await storeImage(imagePath(CACHED), Buffer.from('image'), '6.12.57+deb12-cloud-amd64');
  expect(await resolveKernel(spec)).toEqual({
    id: '6.12.57+deb12-cloud-amd64_6.12.57-1~bpo12+1',
    spec,
    version: '6.12.57+deb12-cloud-amd64',
    package: `${CACHED.package}=${CACHED.packageVersion}`,
    vmlinux: imagePath(CACHED),
    sha256: '6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d',
  });
});

test('an image that was cut off or changed since is not used', async () => {
  await storeImage(imagePath(CACHED), Buffer.from('image'), '6.12.57');
  await truncate(imagePath(CACHED), 2);
  expect(await storedKernel(imagePath(CACHED), null, '6.12.57')).toBeUndefined();
  await storeImage(imagePath(CACHED), Buffer.from('image'), '6.12.57');
  expect(await storedKernel(imagePath(CACHED), null, '6.12.57')).toBeDefined();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await writeFile(imagePath(CACHED), 'imagf');
  expect(await storedKernel(imagePath(CACHED), null, '6.12.57')).toBeUndefined();
});

test.each(['vmlinux', 'vmlinux.config', 'modules/virtio.ko'])(
  'a %s whose bytes changed, size and times kept, is not used, and that is reported once',
  async (name) => {
    const path = imagePath(CACHED);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.config`, 'CONFIG_PCI=y\n');
    await storeImage(path, Buffer.from('image'), '6.12.57', [{ name: 'virtio', bytes: Buffer.from('module') }]);
    const file = join(dirname(path), name);
    const { atime, mtime, size } = await stat(file);
    await writeFile(file, 'x'.repeat(size));
    await utimes(file, atime, mtime);
    const said: string[] = [];
    for (const _ of ['first', 'second']) {
      expect(await storedKernel(path, null, '6.12.57', (message) => said.push(message))).toBeUndefined();
    }
    expect(said).toEqual([`${file} was damaged or changed in the cache: it is not used`]);
  },
);

test('an image that was copied is read once and used; what an earlier version kept is compared with its hash', async () => {
  const path = imagePath(CACHED);
  await storeImage(path, Buffer.from('image'), '6.12.57');
  await chmod(path, 0o600); // touches it
  expect(await storedKernel(path, null, '6.12.57')).toBeDefined();
  const { files: _, ...older } = JSON.parse(await readFile(`${path}.json`, 'utf8'));
  await writeFile(`${path}.json`, JSON.stringify(older));
  expect(await storedKernel(path, null, '6.12.57')).toBeDefined();
  expect(JSON.parse(await readFile(`${path}.json`, 'utf8'))).toHaveProperty('files');
  await writeFile(`${path}.json`, JSON.stringify({ ...older, sha256: 'another' }));
  expect(await storedKernel(path, null, '6.12.57')).toBeUndefined();
});

test('a kernel that was kept without the modules that it needs is not used, nor one whose modules were cut off', async () => {
  const debian12 = { package: 'linux-image-6.1.0-56-cloud-amd64', packageVersion: '6.1.192-2' };
  const path = imagePath(debian12);
  await mkdir(dirname(path), { recursive: true });
  const options = ['BINFMT_ELF', 'BLK_DEV_INITRD', 'DEVTMPFS', 'INET', 'PCI', 'PROC_FS', 'SYSFS'];
  const drivers = ['VIRTIO', 'VIRTIO_PCI', 'VIRTIO_CONSOLE'];
  const lines = [...options.map((name) => `CONFIG_${name}=y\n`), ...drivers.map((name) => `CONFIG_${name}=m\n`)];
  await writeFile(`${path}.config`, lines.join(''));
  await storeImage(path, Buffer.from('image'), '6.1.0-56-cloud-amd64');
  expect(await cachedKernel(debian12, '6.1')).toBeUndefined();

  const modules = drivers.map((name) => ({ name: name.toLowerCase(), bytes: Buffer.from(name) }));
  await storeImage(path, Buffer.from('image'), '6.1.0-56-cloud-amd64', modules);
  const kernel = await cachedKernel(debian12, '6.1');
  expect(kernel?.modules?.map((file) => basename(file))).toEqual(['virtio.ko', 'virtio_pci.ko', 'virtio_console.ko']);
  await truncate(kernel?.modules?.[1] ?? '', 2);
  expect(await cachedKernel(debian12, '6.1')).toBeUndefined();

  await storeImage(path, Buffer.from('image'), '6.1.0-56-cloud-amd64', []);
  await expect(cachedKernel(debian12, '6.1')).rejects.toMatchObject({ code: 'KC_KERNEL_UNFIT' });
});

test('a damaged file of facts counts as none', async () => {
  await storeImage(imagePath(CACHED), Buffer.from('image'), '6.12.57');
  await mkdir(join(cache, 'kconform/apt'));
  await writeFile(join(cache, 'kconform/apt/published.json'), '');
  expect(await resolveKernel('6.12.57')).toMatchObject({ version: '6.12.57' });
  await writeFile(`${imagePath(CACHED)}.json`, '{"version":');
  expect(await storedKernel(imagePath(CACHED), null, '6.12.57')).toBeUndefined();
});

test('without apt, a published kernel that is not in the cache is out of reach', async () => {
  await expect(resolveKernels(['6.12.57'])).rejects.toMatchObject({ code: expect.stringMatching(/^KC_NO_(APT|PACK)/) });
});

test.each([
  ['there is no such file', '/nowhere/vmlinux'],
  ['ENOTDIR', '/dev/null/vmlinuz'],
])('a path that cannot be read says why: %s', async (why, path) => {
  const error = { code: 'KC_NO_SUCH_KERNEL', blame: 'host', message: `cannot read the kernel ${path}: ${why}` };
  await expect(resolveKernel(path)).rejects.toMatchObject(error);
});

test('a file that is no kernel is refused', async () => {
  await writeFile(join(cache, 'notes.txt'), 'notes');
  await expect(resolveKernel(join(cache, 'notes.txt'))).rejects.toMatchObject({ code: 'KC_NOT_A_KERNEL' });
});
