import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { imagePath, type PublishedKernel } from './catalogue.ts';
import { fetchKernel } from './download.ts';

const PUBLISHED: PublishedKernel = {
  version: '6.12.57+deb12-cloud-amd64',
  number: '6.12.57',
  series: '6.12',
  flavour: 'cloud-amd64',
  package: 'linux-image-6.12.57+deb12-cloud-amd64',
  packageVersion: '6.12.57-1~bpo12+1',
  suites: ['bookworm-backports'],
  size: 34_000_000,
  cached: false,
};
const DEB = `${PUBLISHED.package}_${PUBLISHED.packageVersion}_amd64.deb`;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kconform-download-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

/** A program in apt-get's place that does what apt-get did when something went wrong. */
async function aptGet(script: string): Promise<void> {
  await writeFile(join(home, 'apt-get'), `#!/bin/sh\n${script}\n`);
  await chmod(join(home, 'apt-get'), 0o755);
}

test.each([
  ['a package that is no archive', `echo rubbish > '${DEB}'`, 'KC_DOWNLOAD_CORRUPT'],
  ['a wrong checksum', `echo part > '${DEB}'; echo 'E: Hash Sum mismatch' >&2; exit 100`, 'KC_DOWNLOAD_CORRUPT'],
  ['no network', "echo 'E: Temporary failure resolving' >&2; exit 100", 'KC_DOWNLOAD'],
  ['a full disk', "echo 'E: Write error - write (28: No space left on device)' >&2; exit 100", 'KC_DISK_FULL'],
])('%s is told, and nothing of it is kept', async (_, script, code) => {
  await aptGet(script);
  await expect(fetchKernel(PUBLISHED, '6.12.57', {})).rejects.toMatchObject({ code, blame: 'host' });
  expect(await readdir(dirname(imagePath(PUBLISHED)))).toEqual([]);
});

test('what a killed run left of a download is not taken for the package', async () => {
  const scratch = join(dirname(imagePath(PUBLISHED)), 'download');
  await mkdir(scratch, { recursive: true });
  await writeFile(join(scratch, DEB), 'part');
  await aptGet('exit 0');
  await expect(fetchKernel(PUBLISHED, '6.12.57', {})).rejects.toMatchObject({ code: 'KC_DOWNLOAD' });
});

test('an interrupted download ends at once', async () => {
  await aptGet('exec sleep 60');
  const signal = AbortSignal.timeout(200);
  await expect(fetchKernel(PUBLISHED, '6.12.57', { signal })).rejects.toMatchObject({ code: 'KC_INTERRUPTED' });
});
