/** The copy of harness/ that commands run, tested in a project whose packages are a folder above, as for a dependency. */
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from '../end-to-end/command-line.test-support.ts';

let folder: string;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-copy-'));
  project = join(folder, 'kconform');
  for (const name of ['harness', 'images', 'package.json', 'tsconfig.json'])
    await cp(join(REPOSITORY, name), join(project, name), { recursive: true });
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = () => join(project, 'node_modules/.cache/kconform');
const current = async (): Promise<string> => JSON.parse(await readFile(join(kept(), 'current.json'), 'utf8')).folder;

async function version(TMPDIR = folder): Promise<string> {
  const program = join(project, 'harness/cli/kconform.mjs');
  return (await execa('node', [program, '--version'], { env: { TMPDIR } })).stdout;
}

test('the copy is used again while nothing changes; a changed source file is noticed at the next start', async () => {
  expect(await version()).toBe('0.1.0');
  const first = await current();
  expect(await version()).toBe('0.1.0');
  expect(await current()).toBe(first);

  const source = join(project, 'harness/cli/version.ts');
  const text = await readFile(source, 'utf8');
  await writeFile(source, text.replace('String(manifest.version)', "'9.9.9 of ' + manifest.version"));
  expect(await version()).toBe('9.9.9 of 0.1.0');
  await writeFile(source, text);
  expect(await version()).toBe('0.1.0');
  expect(await current()).not.toBe(first);
});

test.each([
  ['its list is truncated', async () => writeFile(join(kept(), 'current.json'), '{"root":')],
  ['one of its files is damaged', async () => appendFile(join(await current(), 'main.js'), 'throw 1')],
  ['one of its files is missing', async () => rm(join(await current(), 'index.js'))],
])('%s: the copy is made again', async (_, damage) => {
  await version();
  const first = await current();
  await damage();
  expect(await version()).toBe('0.1.0');
  expect(await current()).not.toBe(first);
});

test('several first starts at once do not disturb each other', async () => {
  expect(await Promise.all([version(), version(), version()])).toEqual(['0.1.0', '0.1.0', '0.1.0']);
  const last = await current();
  expect(await version()).toBe('0.1.0');
  expect(await current()).toBe(last);
});

test('where no copy can be kept, each start makes one for itself and leaves nothing', async () => {
  await writeFile(join(project, 'node_modules'), 'no folder');
  const temporary = join(folder, 'temporary');
  await mkdir(temporary);
  expect(await version(temporary)).toBe('0.1.0');
  expect(await readdir(temporary)).toEqual([]);
});
