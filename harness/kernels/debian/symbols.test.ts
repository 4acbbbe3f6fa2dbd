import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { keepWithin } from '../../cache/inventory.ts';
import type { Kernel } from '../kernel.ts';
import { imagePath } from './catalogue.ts';
import { hostOf, LocalRepository } from './local-repository.test-support.ts';
import { withSymbols } from './symbols.ts';

const RELEASE = '6.12.57+deb12-cloud-amd64';
const PACKAGE = { package: `linux-image-${RELEASE}`, packageVersion: '6.12.57-1' };
const DEBUG = { name: `linux-image-${RELEASE}-dbg`, version: '6.12.57-1' };

let repository: LocalRepository;
/** Programs with debug information that stand in for kernels: what is done with them is the same. */
let one: Buffer;
let other: Buffer;
beforeAll(async () => {
  repository = await LocalRepository.create();
  const folder = await mkdtemp(join(tmpdir(), 'kc-symbols-'));
  const compile = async (source: string) => {
    await writeFile(join(folder, 'image.c'), source);
    await execa('cc', ['-g', '-Wl,--build-id', '-o', join(folder, 'image'), join(folder, 'image.c')]);
    return readFile(join(folder, 'image'));
  };
  one = await compile('int start_kernel(void) { return 1; } int main(void) { return start_kernel(); }\n');
  other = await compile('int start_kernel(void) { return 2; } int main(void) { return start_kernel(); }\n');
  await rm(folder, { recursive: true });
});
afterAll(() => repository[Symbol.asyncDispose]());

let home: string;
let kernel: Kernel;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-symbols-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubEnv('PATH', `${await hostOf(repository, 'trixie', home)}:${process.env.PATH}`);
  const vmlinux = imagePath(PACKAGE);
  await mkdir(dirname(vmlinux), { recursive: true });
  await writeFile(vmlinux, one);
  const name = `${PACKAGE.package}=${PACKAGE.packageVersion}`;
  kernel = { id: '6.12.57', spec: '6.12.57', version: RELEASE, package: name, vmlinux, sha256: '' };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const image = (bytes: Buffer) => ({ ...DEBUG, files: { [`usr/lib/debug/boot/vmlinux-${RELEASE}`]: bytes } });

test('the debug information of a published kernel is downloaded once, and given up first', async () => {
  await repository.publish('trixie', [image(one)]);
  const said: string[] = [];
  const options = { progress: (message: string) => said.push(message) };
  const path = cachePath('symbols', `${PACKAGE.package}_${PACKAGE.packageVersion}`, 'vmlinux');
  expect((await withSymbols(kernel, options)).symbols).toBe(path);
  expect(said).toContain(`downloading the symbols of ${RELEASE} (1 MB)`);
  const { stdout } = await execa('readelf', ['-SW', path]);
  expect(stdout).toContain('.debug_line');
  expect(stdout).toContain('.symtab');
  const { mtimeMs } = await stat(path);
  expect((await withSymbols(kernel, options)).symbols).toBe(path);
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);

  vi.setSystemTime(Date.now() + 2 * 3_600_000);
  const [first] = await keepWithin(0);
  vi.useRealTimers();
  expect(first).toMatchObject({ kind: 'symbols' });
});

test.each([
  ['is not published', [], `${DEBUG.name}=6.12.57-1 is not published`],
  [
    'is of another version',
    [{ ...image(Buffer.from('')), version: '6.12.57-2' }],
    `${DEBUG.name}=6.12.57-1 is not published`,
  ],
  ['has no image in it', [{ ...DEBUG, files: { 'usr/share/doc/x': '' } }], /is corrupt: there is no image in it$/],
])('a package that %s: the kernel is used without, and why is said', async (_, packages, why) => {
  const unrelated = { name: 'unrelated', version: '1', files: { 'usr/x': '' } };
  await repository.publish('trixie', [unrelated, ...packages]);
  const said: string[] = [];
  const { symbols } = await withSymbols(kernel, { progress: (message) => said.push(message) });
  expect(symbols).toEqual({ missing: typeof why === 'string' ? why : expect.stringMatching(why) });
  expect(said).toContainEqual(expect.stringMatching(`^no symbols for ${RELEASE.replace('+', '\\+')}: `));
});

test('debug information of another image is not used', async () => {
  await repository.publish('trixie', [image(other)]);
  const missing = expect.stringMatching(/its image is not the one that was booted$/);
  expect((await withSymbols(kernel, {})).symbols).toEqual({ missing });
});

test('a file has none; a build has its own', async () => {
  expect((await withSymbols({ ...kernel, package: null }, {})).symbols).toEqual({
    missing: 'no debug information is published for a file',
  });
  expect((await withSymbols({ ...kernel, symbols: '/own' }, {})).symbols).toBe('/own');
});
