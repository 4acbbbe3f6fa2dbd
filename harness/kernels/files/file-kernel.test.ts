import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findModules } from '../modules/find-modules.ts';
import { moduleFile } from '../modules/module-file.test-support.ts';
import { resolveKernel } from '../resolve.ts';
import { makeArchive, makeDeb, writeFiles } from './packages.test-support.ts';

const RELEASE = '6.12.99+mine';
const IMAGE = `
__asm__(".pushsection .note.Xen, \\"a\\", @note; .long 4, 8, 18; .asciz \\"Xen\\"; .quad _start; .popsection");
const char banner[] = "Linux version ${RELEASE} (me@here) #1\\n";
void _start(void) {}
`;
const OPTIONS = ['BINFMT_ELF', 'BLK_DEV_INITRD', 'DEVTMPFS', 'INET', 'PCI', 'PROC_FS', 'SYSFS', 'VIRTIO', 'VIRTIO_PCI'];
const CONFIG = `${OPTIONS.map((name) => `CONFIG_${name}=y\n`).join('')}CONFIG_VIRTIO_CONSOLE=m\nCONFIG_OVERLAY_FS=m\n`;
const driver = moduleFile({ vermagic: RELEASE });
const MODULES = { 'kernel/fs/overlay.ko': driver, 'kernel/drivers/char/virtio_console.ko': driver };

let image: Buffer;
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'kconform-image-'));
  await writeFile(join(made, 'vmlinux.c'), IMAGE);
  await execa('gcc', ['-nostdlib', '-static', '-o', join(made, 'vmlinux'), join(made, 'vmlinux.c')]);
  image = await readFile(join(made, 'vmlinux'));
});
afterAll(() => rm(made, { recursive: true, force: true }));

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kconform-files-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const below = <T>(folder: string, files: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));

/** As Debian, SUSE and `make bindeb-pkg` lay it out. */
const inBoot = () => ({
  [`boot/vmlinuz-${RELEASE}`]: image,
  [`boot/config-${RELEASE}`]: CONFIG,
  ...below(`lib/modules/${RELEASE}`, MODULES),
});
/** As Fedora and Arch Linux do. */
const inModules = () =>
  below(`usr/lib/modules/${RELEASE}`, { vmlinuz: image, config: CONFIG, ...MODULES, 'build/vmlinux': image });
const root = (files: Record<string, string | Buffer>) => writeFiles(join(home, 'root'), files);

async function expectKernel(spec: string): Promise<void> {
  const kernel = await resolveKernel(spec);
  expect(kernel).toMatchObject({ spec, version: RELEASE, package: null });
  expect(kernel.id).toBe(`${RELEASE}@${createHash('sha256').update(image).digest('hex').slice(0, 12)}`);
  expect(kernel.modules?.map((path) => path.split('/').at(-1))).toEqual(['virtio_console.ko']);
  expect(await readFile(`${kernel.vmlinux}.config`, 'utf8')).toBe(CONFIG);
  const { answers, modules } = await findModules(kernel, ['overlay', 'xfs']);
  expect(answers.map(({ kind }) => kind)).toEqual(['module', 'not-configured']);
  expect(modules[0]?.bytes.equals(driver)).toBe(true);
  expect(await resolveKernel(spec)).toEqual(kernel);
}

describe('a kernel with its configuration, its drivers and its modules comes from', () => {
  test('a .deb', async () => {
    await expectKernel(await makeDeb(await root(inBoot()), home, 'linux-image-mine'));
  });

  test.each(['linux-mine.pkg.tar.zst', 'linux-6.12.99-x86.tar.gz', 'linux.tar', 'linux.tar.xz'])('%s', async (name) => {
    await expectKernel(await makeArchive(await root(name.includes('pkg') ? inModules() : inBoot()), home, name));
  });

  test('several packages, or a folder with them', async () => {
    const core = await root(below(`lib/modules/${RELEASE}`, { vmlinuz: image, config: CONFIG }));
    const rest = await writeFiles(join(home, 'rest'), below(`lib/modules/${RELEASE}`, MODULES));
    await mkdir(join(home, 'packages'));
    const one = await makeDeb(core, join(home, 'packages'), 'kernel-core');
    const two = await makeDeb(rest, join(home, 'packages'), 'kernel-modules');
    await expectKernel(`${one},${two}`);
    await expectKernel(join(home, 'packages'));
  });

  test('a folder with vmlinuz, config and modules', async () => {
    await expectKernel(await root({ vmlinuz: image, config: CONFIG, ...below('modules', MODULES) }));
  });

  test('/lib/modules/RELEASE, and the root that it is in', async () => {
    const folder = await root(inModules());
    await expectKernel(join(folder, 'usr/lib/modules', RELEASE));
    await expectKernel(folder);
  });

  test('an image in /boot, with the modules in /lib/modules', async () => {
    const folder = await root(inBoot());
    await symlink(`boot/vmlinuz-${RELEASE}`, join(folder, 'vmlinuz'));
    await expectKernel(join(folder, `boot/vmlinuz-${RELEASE}`));
    await expectKernel(folder);
  });

  test('a tree in which it was built', async () => {
    const folder = await root({
      '.config': CONFIG,
      'arch/x86/boot/bzImage': image,
      'modules.order': 'fs/overlay.o\ndrivers/char/virtio_console.o\n',
      'fs/overlay.ko': driver,
      'drivers/char/virtio_console.ko': driver,
      'old/xfs.ko': driver,
    });
    await expectKernel(folder);
    await expectKernel(join(folder, 'arch/x86/boot/bzImage'));
  });
});

describe('one clear error for', () => {
  const refused = async (spec: string, error: Record<string, unknown>) =>
    expect(resolveKernel(spec)).rejects.toMatchObject({ blame: 'host', ...error });

  test('a package that is cut off', async () => {
    for (const file of [
      await makeDeb(await root(inBoot()), home, 'linux-image-mine'),
      await makeArchive(join(home, 'root'), home, 'linux.pkg.tar.zst'),
    ]) {
      await truncate(file, 3000);
      await refused(file, {
        code: 'KC_KERNEL_PACKAGE',
        message: expect.stringMatching(/: it is damaged or cut off$/),
        evidence: { output: expect.not.stringMatching(/\d+,\d+,\d+/) },
      });
    }
  });

  test('a package of headers', async () => {
    const file = await makeDeb(await root({ 'usr/src/linux-headers/Makefile': '' }), home, 'linux-headers-mine');
    const message = 'cannot take a kernel from linux-headers-mine.deb: there is no kernel image in it';
    await refused(file, { code: 'KC_KERNEL_PACKAGE', message });
  });

  test('two kernels', async () => {
    const folder = await root({ ...inBoot(), 'boot/vmlinuz-6.1.0': image });
    const message = `it has 2 kernels: vmlinuz-6.1.0, vmlinuz-${RELEASE}`;
    const file = await makeArchive(folder, home, 'linux.tar');
    await refused(file, { code: 'KC_KERNEL_PACKAGE', message: expect.stringContaining(message) });
    await refused(join(folder, 'boot'), { message: expect.stringContaining(message) });
  });

  test('an empty folder', async () => {
    await mkdir(join(home, 'empty'));
    await refused(join(home, 'empty'), {
      code: 'KC_KERNEL_PACKAGE',
      message: expect.stringContaining('no kernel image'),
    });
  });

  test('a kernel whose drivers are modules that are not there', async () => {
    const { [`boot/vmlinuz-${RELEASE}`]: own = '', [`boot/config-${RELEASE}`]: config = '' } = inBoot();
    const folder = await root({ vmlinuz: own, config });
    await refused(folder, { code: 'KC_KERNEL_UNFIT', message: expect.stringContaining('CONFIG_VIRTIO_CONSOLE=m') });
  });

  test('a format that needs bsdtar, where there is none', async () => {
    const file = await makeDeb(await root(inBoot()), home, 'linux-image-mine');
    vi.stubEnv('PATH', '/nowhere');
    await refused(file, { code: 'KC_TOOL_MISSING', hint: expect.stringContaining('libarchive-tools') });
  });
});

test('an image whose configuration changed is looked at anew', async () => {
  const folder = await root({ vmlinuz: image, config: CONFIG, ...below('modules', MODULES) });
  const before = await resolveKernel(folder);
  await writeFile(join(folder, 'config'), CONFIG.replace('CONFIG_INET=y\n', ''));
  await expect(resolveKernel(folder)).rejects.toMatchObject({ code: 'KC_KERNEL_UNFIT' });
  await cp(join(made, 'vmlinux'), join(folder, 'vmlinuz'));
  await writeFile(join(folder, 'config'), `${CONFIG}CONFIG_ZRAM=m\n`);
  expect((await resolveKernel(folder)).id).toBe(before.id);
});

describe('an address', () => {
  let address: string;
  let close: () => void;
  let requests: number;
  beforeEach(async () => {
    requests = 0;
    await makeArchive(await root(inModules()), home, 'linux.pkg.tar.zst');
    const server = createServer(async (request, response) => {
      requests++;
      const bytes = await readFile(join(home, request.url ?? '')).catch(() => undefined);
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/linux.pkg.tar.zst`;
    close = () => server.close();
  });
  afterEach(() => close());

  test('gives a kernel, and is asked once', async () => {
    const sha256 = createHash('sha256')
      .update(await readFile(join(home, 'linux.pkg.tar.zst')))
      .digest('hex');
    await expectKernel(`${address}#sha256=${sha256}`);
    expect(requests).toBe(1);
  });

  test.each([
    [
      'with a wrong checksum',
      `#sha256=${'0'.repeat(64)}`,
      'KC_DOWNLOAD_CORRUPT',
      /has another checksum than you named/,
    ],
    ['without a checksum', '', 'KC_NO_SUCH_KERNEL', /needs a checksum/],
    ['that is not there', `.gone#sha256=${'0'.repeat(64)}`, 'KC_DOWNLOAD', /: the server answered 404$/],
  ])('%s is one error', async (_, end, code, message) => {
    await expect(resolveKernel(`${address}${end}`)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
