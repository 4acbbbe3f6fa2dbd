import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { imagePath, listKnown, parseMadison, parseSizes } from './catalogue.ts';

const MADISON = `
linux-image-6.12.90+deb13.1-cloud-amd64 |  6.12.90-2 | mirror:/security trixie-security/main amd64 Packages
linux-image-6.12.90+deb12.1-cloud-amd64 | 6.12.90-2~bpo12+1 | mirror:/debian bookworm-backports/main amd64 Packages
linux-image-6.12.107+deb13-cloud-amd64 | 6.12.107-1 | mirror:/debian trixie/main amd64 Packages
linux-image-6.12.107+deb13-cloud-amd64 | 6.12.107-1 | mirror:/security trixie-security/main amd64 Packages
linux-image-6.1.0-56-cloud-amd64 | 6.1.192-2 | mirror:/security bookworm-security/main amd64 Packages
linux-binary-7.3.4+deb13-cloud-amd64 | 7.3.4-1~bpo13+1 | mirror:/debian trixie-backports/main amd64 Packages
linux-image-cloud-amd64 | 6.12.107-1 | mirror:/debian trixie/main amd64 Packages
N: something that apt has to say
`;

test('published kernels are read, oldest first, a package once', () => {
  const kernels = parseMadison(MADISON, new Map([['linux-image-6.1.0-56-cloud-amd64=6.1.192-2', 29_000_000]]));
  expect(kernels.map(({ number, version }) => `${number} ${version}`)).toEqual([
    '6.1.192 6.1.0-56-cloud-amd64',
    '6.12.90 6.12.90+deb12.1-cloud-amd64',
    '6.12.90 6.12.90+deb13.1-cloud-amd64',
    '6.12.107 6.12.107+deb13-cloud-amd64',
    '7.3.4 7.3.4+deb13-cloud-amd64',
  ]);
  expect(kernels[0]).toEqual({
    version: '6.1.0-56-cloud-amd64',
    number: '6.1.192',
    series: '6.1',
    flavour: 'cloud-amd64',
    package: 'linux-image-6.1.0-56-cloud-amd64',
    packageVersion: '6.1.192-2',
    suites: ['bookworm-security'],
    size: 29_000_000,
  });
  expect(kernels[3]?.suites).toEqual(['trixie', 'trixie-security']);
});

test('sizes are read from package records', () => {
  const records = 'Package: a\nVersion: 1-1\nInstalled-Size: 7\nSize: 42\n\nPackage: b\nVersion: 2\n';
  expect([...parseSizes(records)]).toEqual([['a=1-1', 42]]);
});

afterEach(() => vi.unstubAllEnvs());

test('a cached kernel that is no longer published is known still', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'kconform-catalogue-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  const withdrawn = { package: 'linux-image-6.12.43+deb12-cloud-amd64', packageVersion: '6.12.43-1~bpo12+1' };
  await mkdir(dirname(imagePath(withdrawn)), { recursive: true });
  expect(await listKnown()).toEqual([]); // its download broke off
  await writeFile(imagePath(withdrawn), '');
  expect(await listKnown()).toMatchObject([{ ...withdrawn, number: '6.12.43', suites: [], cached: true }]);
  await rm(cache, { recursive: true });
});
