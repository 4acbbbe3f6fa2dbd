import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPatchText } from '../../kernels/patches/read-patches.ts';
import { hashOf, othersThan, readTried, writeTried } from './tried.ts';

const diff = (line: string, index = '') =>
  `diff --git a/fs/a.c b/fs/a.c\n${index}--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1,2 +1,2 @@\n--\n+${line}\n 1\n`;
const read = async (text: string) => (await readPatchText(Buffer.from(text), 'x')).patches;

test('a mail and a diff of one change are the same patch, another change is not', async () => {
  const head = 'From: A <a@example.org>\nDate: Mon, 23 Nov 2026 10:00:00 +0000\nSubject: [PATCH] fs: a';
  const mail = await read(`${head}\n\nwhy\n---\n fs/a.c | 2 +-\n\n${diff('b', 'index 12..34 100644\n')}-- \n2.47.3\n`);
  const [plain, other] = [await read(diff('b')), await read(diff('c'))];
  expect(mail.map(hashOf)).toEqual(plain.map(hashOf));
  expect(other.map(hashOf)).not.toEqual(plain.map(hashOf));
  const tried = { patches: [...plain, ...other].map(hashOf), without: '1', with: '2' };
  expect(othersThan(mail, tried, 'fix.eml')).toBe(1);
  expect(() => othersThan(other, { ...tried, patches: plain.map(hashOf) }, 'c.patch')).toThrow(
    'c.patch is not what was tried: the results are of another patch',
  );
});

test('results without what try says of them are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-tried-'));
  await expect(readTried(folder)).rejects.toMatchObject({ code: 'KC_NOTHING_TO_REPORT' });
  const tried = { patches: ['ab'.repeat(32)], without: '1', with: '2' };
  await writeTried(folder, tried);
  expect(await readTried(folder)).toEqual(tried);
  await rm(folder, { recursive: true });
});
