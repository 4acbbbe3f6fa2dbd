import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalRepository } from '../../kernels/debian/local-repository.test-support.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { cacheIn, kconform } from '../end-to-end/command-line.test-support.ts';

let repository: LocalRepository;
let folder: string;

/** A repository of a company, whose one kernel is a published one under another name. */
beforeAll(async () => {
  repository = await LocalRepository.create();
  const { vmlinux } = await resolveKernel('6.12.57');
  const image = await readFile(vmlinux);
  const files = { 'boot/vmlinuz-6.12.57-acme': image, 'boot/config-6.12.57-acme': await readFile(`${vmlinux}.config`) };
  await repository.publish('stable', [{ name: 'linux-image-6.12.57-acme', version: '6.12.57-3', files }]);
  folder = await mkdtemp(join(tmpdir(), 'kc-kernels-'));
  await configure(repository.key);
}, 120_000);
afterAll(async () => {
  await repository?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function configure(key: string): Promise<void> {
  const source = {
    name: 'acme',
    uris: `file:${repository.folder}`,
    suites: 'stable',
    components: 'main',
    signedBy: key,
  };
  const text = JSON.stringify({ kernels: { default: ['acme:6.12'], sources: [source] } });
  await writeFile(join(folder, 'kconform.config.ts'), `export default ${text};\n`);
}

test('a kernel of a declared source is listed and booted, and the default may name it', async () => {
  await mkdir(join(folder, 'cache'));
  const env = await cacheIn(join(folder, 'cache'));
  const listed = await kconform(['kernels', 'acme'], { cwd: folder, env });
  expect(listed.stdout).toMatch(/^acme:6\.12\.57-acme +acme +6\.12\.57-3 +stable$/m);
  const shell = await kconform(['shell', '--', 'uname -r'], { cwd: folder, env });
  expect(shell.stdout).toMatch(/^6\.12\.57\+deb12-cloud-amd64$/);
  const again = await kconform(['kernels', 'acme:6.12:acme', '--json'], { cwd: folder, env });
  expect(JSON.parse(again.stdout)).toMatchObject([{ source: 'acme', version: '6.12.57-acme', cached: true }]);
}, 180_000);

test('a source that cannot be used is named, and costs the list of Debian’s kernels nothing', async () => {
  await configure(join(folder, 'absent.gpg'));
  const all = await kconform(['kernels', '6.12'], { cwd: folder });
  expect(all).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^6\.12\.57\+deb12-cloud-amd64 /m) });
  expect(all.stderr).toContain(
    `the apt source "acme" cannot be used: the key ${join(folder, 'absent.gpg')} is not there`,
  );
  const own = await kconform(['kernels', 'acme'], { cwd: folder });
  expect(own.exitCode).toBe(2);
  expect(own.stderr).toMatch(/^kconform: the apt source "acme" cannot be used/m);
}, 60_000);
