import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { keepWithin } from '../../cache/inventory.ts';
import { ensureLists } from './apt.ts';
import { newestKernelHeaders } from './kernel-headers.ts';
import { hostOf, LocalRepository } from './local-repository.test-support.ts';

let repository: LocalRepository;
beforeAll(async () => {
  repository = await LocalRepository.create();
});
afterAll(() => repository[Symbol.asyncDispose]());

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-headers-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

function headers(version: string) {
  const files = {
    'usr/include/linux/version.h': `/* ${version} */\n`,
    'usr/include/x86_64-linux-gnu/asm/unistd.h': '',
  };
  return { name: 'linux-libc-dev', version, architecture: 'all' as const, files };
}

async function known(): Promise<void> {
  vi.stubEnv('PATH', `${await hostOf(repository, 'trixie', home)}:${process.env.PATH}`);
}

test('the newest of all suites is used, until the package lists have a newer one', async () => {
  await known();
  await repository.publish('trixie', [headers('6.12.118-1')]);
  await repository.publish('sid', [headers('7.2.9-1'), headers('7.2.13-1')]);
  const include = cachePath('headers', 'linux-libc-dev_7.2.13-1', 'usr/include');
  expect(await newestKernelHeaders()).toEqual({
    name: 'linux-libc-dev 7.2.13-1 (sid)',
    folder: cachePath('headers', 'linux-libc-dev_7.2.13-1'),
    folders: [include, join(include, 'x86_64-linux-gnu')],
  });
  await repository.publish('sid', [headers('7.3.4-1')]);
  vi.resetModules(); // as in another process
  const again = await import('./kernel-headers.ts');
  expect(await again.newestKernelHeaders()).toMatchObject({ name: 'linux-libc-dev 7.2.13-1 (sid)' });
  await ensureLists({ refresh: true });
  vi.resetModules();
  const later = await import('./kernel-headers.ts');
  expect(await later.newestKernelHeaders()).toMatchObject({ name: 'linux-libc-dev 7.3.4-1 (sid)' });
});

test('headers that the cache gave up are downloaded again', async () => {
  await known();
  await repository.publish('trixie', [headers('6.12.118-1')]);
  await repository.publish('sid', []);
  await newestKernelHeaders();
  vi.setSystemTime(Date.now() + 2 * 3_600_000);
  expect((await keepWithin(0)).map(({ name }) => name)).toEqual(['linux-libc-dev_6.12.118-1']);
  vi.useRealTimers();
  await newestKernelHeaders();
  expect(await readdir(cachePath('headers'))).toContain('linux-libc-dev_6.12.118-1');
});

test('without apt there are none, and that is not tried again for each program', async () => {
  await known();
  await repository.publish('trixie', [headers('6.12.118-1')]);
  vi.stubEnv('PATH', '/nowhere'); // no apt
  const none = await newestKernelHeaders();
  expect(none).toMatchObject({
    code: 'KC_DOWNLOAD',
    message: expect.stringMatching(/^no newer kernel headers: apt-get /),
  });
  vi.resetModules();
  const again = await import('./kernel-headers.ts');
  expect(await again.newestKernelHeaders()).toMatchObject({ message: none instanceof Error ? none.message : '' });
});

test('a package without headers in it is corrupt, and nothing of it is kept', async () => {
  await known();
  await repository.publish('trixie', [{ ...headers('6.12.118-1'), files: { 'usr/share/nothing': '' } }]);
  await repository.publish('sid', []);
  const none = await newestKernelHeaders();
  expect(none).toMatchObject({ message: expect.stringMatching(/is corrupt: there are no headers in it$/) });
  expect((await readdir(cachePath('headers'))).filter((name) => name.includes('linux-libc-dev'))).toEqual([]);
});
