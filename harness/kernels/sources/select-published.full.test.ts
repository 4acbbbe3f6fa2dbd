import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { listPublished } from '../debian/catalogue.ts';
import { hostOf, LocalRepository } from '../debian/local-repository.test-support.ts';
import { planKernels, planPublished } from '../resolve.ts';
import { archiveNamed, findSourcesWith } from './archive.ts';
import { SourceDeclaration } from './declaration.ts';

let debian: LocalRepository;
let own: LocalRepository;
let home: string;

beforeAll(async () => {
  debian = await LocalRepository.create();
  own = await LocalRepository.create();
  await debian.publish('trixie', [image('6.12.57+deb12-cloud-amd64', '6.12.57-1')]);
  await own.publish('noble', UBUNTU);
  await own.publish('unsigned', UBUNTU);
  await own.removeSignature('unsigned');
});
afterAll(async () => {
  await debian[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-sources-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubEnv('PATH', `${await hostOf(debian, 'trixie', home)}:${process.env.PATH}`);
});
afterEach(async () => {
  findSourcesWith(async () => []);
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

function image(release: string, version: string, start = 'linux-image-') {
  return { name: `${start}${release}`, version, files: { [`boot/vmlinuz-${release}`]: 'image' } };
}

const UBUNTU = [
  image('6.8.0-31-generic', '6.8.0-31.31'),
  image('6.8.0-31-generic', '6.8.0-31.31', 'linux-image-unsigned-'),
  image('6.8.0-31-lowlatency', '6.8.0-31.31', 'linux-image-unsigned-'),
  image('6.8.0-40-generic', '6.8.0-40.40'),
  image('6.8.0-101-generic', '6.8.0-101.101'),
  image('6.11.0-9-generic', '6.11.0-9.9'),
  { ...image('6.8.0-31-generic', '6.8.0-31.31', 'linux-image-unsigned-'), name: 'linux-image-6.8.0-31-generic-dbgsym' },
  { name: 'linux-image-generic', version: '6.8.0-101.101', files: { 'usr/share/doc/x': '' } },
];

type Given = Parameters<typeof SourceDeclaration.parse>[0];

function declare(...sources: Given[]): void {
  const parsed = sources.map((source) => SourceDeclaration.parse(source));
  findSourcesWith(async () => parsed);
}

function source(given: object = {}) {
  const address = { uris: `file:${own.folder}`, suites: 'noble', components: 'main', signedBy: own.key };
  return { name: 'ubuntu', flavour: 'generic', ...address, ...given };
}

const specs = async (spec: string) => (await planPublished(spec)).map(({ package: name }) => name);

test.each([
  ['ubuntu:published:6.8', ['6.8.0-31-generic', '6.8.0-40-generic', '6.8.0-101-generic']],
  ['ubuntu:6.8.0-40..6.8.0-101', ['6.8.0-40-generic', '6.8.0-101-generic']],
  ['ubuntu:6.8.0-32..6.8.0-100:generic', ['6.8.0-40-generic']],
  ['ubuntu:6.8..6.11', ['6.8.0-31-generic', '6.8.0-40-generic', '6.8.0-101-generic', '6.11.0-9-generic']],
  ['published:6.11:generic', ['6.11.0-9-generic']],
  ['published:ubuntu:6.11', ['6.11.0-9-generic']],
  ['ubuntu:6.8', ['6.8.0-101-generic']], // the newest, by its numbers
  ['ubuntu:6', ['6.11.0-9-generic']],
  ['ubuntu:6.8.0-40', ['6.8.0-40-generic']],
  ['ubuntu:6.8.0-40-generic', ['6.8.0-40-generic']],
  ['ubuntu:6.8.0-40.40:generic', ['6.8.0-40-generic']],
  ['6.8.0-40-generic', ['6.8.0-40-generic']],
  ['6.8:generic', ['6.8.0-101-generic']],
])('%s means %j', async (spec, releases) => {
  declare(source());
  const versions = releases.map(
    (release) => `ubuntu:linux-image-${release}=${release.replace(/-(\d+)-generic/, '-$1.$1')}`,
  );
  expect(await specs(spec)).toEqual(versions);
});

test('kernels are told apart by source, release and package, and named by them', async () => {
  declare(source());
  const [kernel] = await planKernels(['ubuntu:6.8.0-31..6.8.0-31:lowlatency']);
  expect(kernel).toMatchObject({
    id: 'ubuntu_linux-image-unsigned-6.8.0-31-lowlatency_6.8.0-31.31'.replace('linux-image-', ''),
    spec: 'ubuntu:6.8.0-31-lowlatency',
    version: '6.8.0-31-lowlatency',
    package: 'ubuntu:linux-image-unsigned-6.8.0-31-lowlatency=6.8.0-31.31',
  });
});

test('several flavours, and none is named', async () => {
  declare(source({ flavour: undefined }));
  await expect(specs('ubuntu:published:6.8')).rejects.toMatchObject({
    code: 'KC_SEVERAL_FLAVOURS',
    message: '"ubuntu:published:6.8" has several flavours: generic, lowlatency',
    hint: 'name one: ubuntu:published:6.8:generic',
  });
});

test('what Debian has is Debian’s; what two sources have must be named', async () => {
  declare(source(), source({ name: 'mirror' }));
  expect(await specs('published:6.12')).toEqual(['linux-image-6.12.57+deb12-cloud-amd64=6.12.57-1']);
  expect(await specs('debian:published:6.12')).toEqual(['linux-image-6.12.57+deb12-cloud-amd64=6.12.57-1']);
  await expect(specs('published:6.8:generic')).rejects.toMatchObject({
    message: '"published:6.8:generic" is published by several sources: ubuntu, mirror',
    hint: 'name one: ubuntu:published:6.8:generic',
  });
});

test('a source that is not declared', async () => {
  declare(source());
  await expect(specs('fedora:6.8')).rejects.toMatchObject({
    code: 'KC_KERNEL_SOURCE',
    message: 'no source of kernels is called "fedora"',
    hint: expect.stringContaining('debian, ubuntu'),
  });
});

const BROKEN: [string, () => object, RegExp][] = [
  ['unsigned', () => ({ suites: 'unsigned' }), /it is not signed$/],
  ['signed by another key', () => ({ signedBy: debian.key }), /its signature cannot be verified with the key$/],
  ['with a key that is not there', () => ({ signedBy: '/nowhere.gpg' }), /the key \/nowhere\.gpg is not there$/],
  ['that does not answer', () => ({ uris: 'http://127.0.0.1:9/ubuntu' }), /Failed to fetch|Connection refused/],
  ['without such a suite', () => ({ suites: 'jammy' }), /does not have a Release file/],
];

test.each(BROKEN)(
  'a source %s: one error names it, and Debian’s kernels stay usable',
  async (_, given, why) => {
    declare(source(given()));
    const error = { code: 'KC_KERNEL_SOURCE', blame: 'host', message: expect.stringMatching(why) };
    await expect(specs('ubuntu:published:6.8')).rejects.toMatchObject(error);
    expect(await specs('published:6.12')).toHaveLength(1);
    const message = expect.stringMatching(
      /^no published kernel is "published:6\.8".*; the apt source "ubuntu" cannot be used/,
    );
    await expect(specs('published:6.8')).rejects.toMatchObject({ code: 'KC_NO_SUCH_KERNEL', message });
  },
  60_000,
);

test('a key that is another one now is an error although there are older lists, and a lost network is not', async () => {
  const changing = await LocalRepository.create();
  await using _ = changing;
  await changing.publish('noble', UBUNTU);
  declare(source({ uris: `file:${changing.folder}`, signedBy: changing.key }));
  const archive = await archiveNamed('ubuntu');
  expect(await listPublished({}, archive)).toHaveLength(5);
  await changing.removeSignature('noble');
  await expect(listPublished({ refresh: true }, archive)).rejects.toMatchObject({ code: 'KC_KERNEL_SOURCE' });
  await rm(join(changing.folder, 'dists'), { recursive: true });
  const said: string[] = [];
  expect(await listPublished({ refresh: true, progress: (message) => said.push(message) }, archive)).toHaveLength(5);
  expect(said).toContainEqual(expect.stringMatching(/^no network: using the package lists of ubuntu of \d/));
}, 60_000);

test('a source over HTTP, with its key as text in a deb822 source', async () => {
  const server = createServer((request, response) => {
    const file = join(own.folder, decodeURIComponent(request.url ?? ''));
    if (existsSync(file)) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { readFile } = await import('node:fs/promises');
    const key = (await readFile(own.key, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => ` ${line.trim() || '.'}`);
    const deb822 = `Types: deb\nURIs: http://127.0.0.1:${port}\nSuites: noble\nComponents: main\nSigned-By:\n${key.join('\n')}\n`;
    declare({ name: 'acme', deb822 });
    expect(await specs('acme:published:6.11')).toEqual(['acme:linux-image-6.11.0-9-generic=6.11.0-9.9']);
  } finally {
    server.close();
  }
});
