import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { moduleFile } from '../modules/module-file.test-support.ts';
import { archiveOf, findSourcesWith } from '../sources/archive.ts';
import { SourceDeclaration } from '../sources/declaration.ts';
import { ensureLists } from './apt.ts';
import { LocalRepository } from './local-repository.test-support.ts';
import { fetchModules } from './module-packages.ts';

const RELEASE = '6.8.0-31-generic';

let repository: LocalRepository;
let home: string;
beforeAll(async () => {
  repository = await LocalRepository.create();
  home = await mkdtemp(join(tmpdir(), 'kc-modules-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  findSourcesWith(async () => []);
  await repository[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

test('modules of a declared source come from all packages beside the image that have them', async () => {
  const version = '6.8.0-31.31';
  const modules = (kind: string, name: string) => ({
    name: `linux-${kind}-${RELEASE}`,
    version,
    files: { [`lib/modules/${RELEASE}/kernel/${name}.ko`]: moduleFile({ name }) },
  });
  const image = { name: `linux-image-${RELEASE}`, version, files: { [`boot/vmlinuz-${RELEASE}`]: 'image' } };
  await repository.publish('noble', [image, modules('modules', 'ext4'), modules('modules-extra', 'sctp')]);
  const uris = `file:${repository.folder}`;
  const given = { name: 'ubuntu', uris, suites: 'noble', components: 'main', signedBy: repository.key };
  const source = SourceDeclaration.parse(given);
  findSourcesWith(async () => [source]);
  await ensureLists({}, archiveOf(source));
  const tree = join(home, 'tree');
  await fetchModules({ version: RELEASE, package: `ubuntu:linux-image-${RELEASE}=${version}` }, tree, {});
  expect((await readdir(join(tree, 'kernel'))).sort()).toEqual(['ext4.ko.zst', 'sctp.ko.zst']);
});
