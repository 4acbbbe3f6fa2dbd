import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contentOf, contentThroughLinks, pathsBelow, stampOf } from './folder-content.ts';

const root = await mkdtemp(join(tmpdir(), 'kconform-content-'));
afterAll(() => rm(root, { recursive: true }));

test('what a link leads to counts, whether it is a file or in a folder; a link to a folder above it does no harm', async () => {
  const folder = join(root, 'links');
  await mkdir(folder);
  await mkdir(join(root, 'other'));
  await writeFile(join(root, 'file'), '1');
  await writeFile(join(root, 'other/inner'), '1');
  await symlink('../file', join(folder, 'file'));
  await symlink('../other', join(folder, 'other'));
  await symlink('.', join(folder, 'round'));
  await symlink('gone', join(folder, 'dangling'));
  const [links, first] = [await contentOf(folder), await contentThroughLinks(folder)];
  await writeFile(join(root, 'file'), '2');
  const second = await contentThroughLinks(folder);
  await writeFile(join(root, 'other/inner'), '2');
  const third = await contentThroughLinks(folder);
  await writeFile(join(folder, 'gone'), '');
  expect(new Set([first, second, third, await contentThroughLinks(folder)]).size).toBe(4);
  await rm(join(folder, 'gone'));
  expect(await contentThroughLinks(folder)).toBe(third);
  expect(await contentOf(folder)).toBe(links);
});

test('a stamp changes when a file is written or its mode changes', async () => {
  const folder = join(root, 'stamp');
  await mkdir(folder);
  await writeFile(join(folder, 'a'), '1');
  const first = await stampOf(folder);
  expect(await stampOf(folder)).toBe(first);
  await chmod(join(folder, 'a'), 0o755);
  const second = await stampOf(folder);
  await writeFile(join(folder, 'a'), '22');
  expect(new Set([first, second, await stampOf(folder)]).size).toBe(3);
});

test('a link to a folder is listed, and what it leads to is not', async () => {
  const folder = join(root, 'below');
  await mkdir(join(folder, 'inner'), { recursive: true });
  await writeFile(join(folder, 'inner/file'), '');
  await symlink('..', join(folder, 'inner/round'));
  expect((await pathsBelow(folder)).sort()).toEqual(['inner', 'inner/file', 'inner/round']);
});
