import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { readBuiltFolder, removeEmptyPrograms, writeBuiltFolder } from './built-folder.ts';

const root = await mkdtemp(join(tmpdir(), 'kconform-built-'));
afterAll(() => rm(root, { recursive: true }));

const PARTS = ['installed', 'large'];
const read = (folder: string) => readBuiltFolder(folder, PARTS, z.literal('facts'));

async function built(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'installed/futex'), { recursive: true });
  await writeFile(join(folder, 'installed/futex/wait'), 'program', { mode: 0o755 });
  await writeBuiltFolder(folder, PARTS, 'facts');
  return folder;
}

test('a suite is taken as it was built, and as a copy with other times', async () => {
  const folder = await built('whole');
  expect(await read(folder)).toBe('facts');
  await cp(folder, join(root, 'copy'), { recursive: true });
  expect(await read(join(root, 'copy'))).toBe('facts');
});

test.each<[string, (folder: string) => Promise<void>]>([
  ['a program is empty', (folder) => truncate(join(folder, 'installed/futex/wait'))],
  ['a program has other bytes', (folder) => writeFile(join(folder, 'installed/futex/wait'), 'Program')],
  ['a program is missing', (folder) => rm(join(folder, 'installed/futex/wait'))],
  ['the folder is missing', (folder) => rm(join(folder, 'installed'), { recursive: true })],
  ['there is a file more', (folder) => writeFile(join(folder, 'installed/futex/other'), '')],
  ['there is a folder more', async (folder) => void (await mkdir(join(folder, 'large')))],
  ['its facts are cut', async (folder) => truncate(join(folder, 'suite.json'), 20)],
])('a suite is not taken when %s', async (name, damage) => {
  const folder = await built(name.replaceAll(' ', '-'));
  await damage(folder);
  expect(await read(folder)).toBeUndefined();
});

test('empty programs are removed and named; other empty files stay', async () => {
  const folder = join(root, 'empty');
  await mkdir(join(folder, 'a'), { recursive: true });
  await writeFile(join(folder, 'a/program'), '', { mode: 0o755 });
  await writeFile(join(folder, 'a/data'), '');
  await writeFile(join(folder, 'a/whole'), 'x', { mode: 0o755 });
  expect([...(await removeEmptyPrograms(folder))]).toEqual(['a/program']);
  expect(await readdir(join(folder, 'a'))).toEqual(['data', 'whole']);
  expect(await readFile(join(folder, 'a/whole'), 'utf8')).toBe('x');
});
