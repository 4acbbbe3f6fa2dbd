import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPatches, readPatchText } from './read-patches.ts';

const DIFF = `--- a/kernel/bpf/inode.c
+++ b/kernel/bpf/inode.c
@@ -1 +1 @@
-a
+b
`;
const mail = (subject: string, body: string, headers = '') =>
  `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: ${subject}\n${headers}\n${body}\n`;
const read = (text: string) => readPatchText(Buffer.from(text), 'box');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-read-patches-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the patches of a mailbox come in the order of their numbers, a cover letter and a reply are left out by name', async () => {
  const box =
    mail('[PATCH v2 2/2] bpf: second', `why\n---\n${DIFF}`) +
    mail('[PATCH v2 0/2] bpf: cover', 'two fixes') +
    mail('Re: [PATCH v2 0/2] bpf: cover', '> --- a/x\n> +++ b/x\nlooks good') +
    mail('[PATCH v2 1/2] bpf: first', `---\n${DIFF}`);
  const { patches, leftOut } = await read(box);
  expect(patches.map(({ name, title }) => [name, title])).toEqual([
    ['box, mail 4', 'bpf: first'],
    ['box, mail 1', 'bpf: second'],
  ]);
  expect(leftOut).toEqual(['box, mail 2 (bpf: cover): no diff in it', 'box, mail 3 (bpf: cover): no diff in it']);
});

test('quoted-printable, encoded subjects and carriage returns are decoded', async () => {
  const headers = 'Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n';
  const body = `---\n${DIFF.replace('+b', '+b=3D1;=20')}`.replaceAll('\n', '\r\n');
  const { patches } = await read(mail('=?utf-8?q?=5BPATCH=5D_caf=C3=A9?=', body, headers));
  expect(patches[0]?.title).toBe('café');
  expect(patches[0]?.text).toContain('\n+b=1; \n');
});

test('a plain diff is a patch with the name of its file', async () => {
  await writeFile(join(folder, 'fix.diff'), DIFF);
  const { patches } = await readPatches([join(folder, 'fix.diff')]);
  expect(patches).toMatchObject([{ name: 'fix.diff', title: 'fix.diff', files: [{ after: 'kernel/bpf/inode.c' }] }]);
});

test('metacharacters of a shell in a subject and a name are text', async () => {
  const path = join(folder, '$(touch x); `id`.patch');
  await writeFile(path, mail("[PATCH] '; rm -rf / #", `---\n${DIFF}`));
  expect((await readPatches([path])).patches[0]?.title).toBe("'; rm -rf / #");
});

test.each([
  ['no patch', 'just a text\n', /box contains no patch/, /unified diff/],
  ['a mail without a patch', mail('help', 'it crashes'), /box contains no patch/, /unified diff/],
  ['HTML only', mail('[PATCH] x', '<html><pre>&lt;diff</pre></html>', 'Content-Type: text/html\n'), /no patch/, /HTML/],
  ['random bytes', '\xff\xfe\x00\x01'.repeat(1000), /box contains no patch/, /unified diff/],
  ['two versions', mail('[PATCH 1/1] a', DIFF) + mail('[PATCH v2 1/1] a', DIFF), /several versions/, /b4 am/],
  ['a number twice', mail('[PATCH 1/2] a', DIFF) + mail('[PATCH 1/2] b', DIFF), /same number/, /b4 am/],
])('%s is one clear error', async (_, text, message, hint) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'KC_PATCH',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test('a missing file and a folder are refused', async () => {
  await expect(readPatches([join(folder, 'none')])).rejects.toMatchObject({ code: 'KC_PATCH' });
  await expect(readPatches([folder])).rejects.toMatchObject({ code: 'KC_PATCH' });
});
