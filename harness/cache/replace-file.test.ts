import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-replace-'));
  path = join(folder, 'file');
  await writeFile(path, 'old');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([{}, { sync: true }])('the new file has its name only when it is complete: %o', async (options) => {
  await replaceFile(
    path,
    async (temporary) => {
      await writeFile(temporary, 'ne');
      expect(await readFile(path, 'utf8')).toBe('old');
      await writeFile(temporary, 'new');
    },
    options,
  );
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['file']);
});

test('after an error the old file is unchanged and nothing is left beside it', async () => {
  const error = new Error('no more');
  const failed = replaceFile(path, async (temporary) => {
    await writeFile(temporary, 'ne');
    throw error;
  });
  await expect(failed).rejects.toBe(error);
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['file']);
});

test('writers at the same time do not share a temporary file', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(texts.map((text) => replaceFile(path, (temporary) => writeFile(temporary, text))));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['file']);
});

test('with a fixed temporary path, what a killed writer left is overwritten', async () => {
  const temporary = join(folder, '.file.new');
  await writeFile(temporary, 'longer than the new text');
  await replaceFile(path, (draft) => writeFile(draft, 'new'), { temporary });
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['file']);
});
