import { chmod, copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { readSealed, writeSealed } from './sealed-file.ts';

const Shape = z.object({ verdict: z.string() });
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-sealed-'));
  path = join(folder, 'one.json');
  await writeSealed(path, 'one', { verdict: 'PASS' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('what was written is read, by its name alone', async () => {
  expect(await readSealed(path, 'one', Shape)).toEqual({ verdict: 'PASS' });
  expect(await readSealed(path, 'two', Shape)).toBeUndefined();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.each<[string, () => Promise<unknown>]>([
  ['is missing', () => rm(path)],
  ['is empty', () => truncate(path, 0)],
  ['was cut off', async () => truncate(path, (await stat(path)).size - 1)],
  ['has another value', async () => writeFile(path, (await readFile(path, 'utf8')).replace('PASS', 'FAIL'))],
  ['has more', () => writeFile(path, '\n', { flag: 'a' })],
  ['is no text', () => writeFile(path, Buffer.from([0xff, 0, 0x0a, 0xfe]))],
  [
    'is that of another name',
    async () => {
      await writeSealed(join(folder, 'two.json'), 'two', { verdict: 'FAIL' });
      await copyFile(join(folder, 'two.json'), path);
    },
  ],
  ['has another shape', () => writeSealed(path, 'one', { verdict: 1 })],
  ['can be written by others', () => chmod(path, 0o666)],
])('a file that %s is none', async (_, damage) => {
  await damage();
  expect(await readSealed(path, 'one', Shape)).toBeUndefined();
});

test('writers at the same time leave the file of one of them', async () => {
  const all = Array.from({ length: 20 }, (_, index) => String(index).repeat(5_000));
  await Promise.all(all.map((verdict) => writeSealed(path, 'one', { verdict })));
  expect(all).toContain((await readSealed(path, 'one', Shape))?.verdict);
});
