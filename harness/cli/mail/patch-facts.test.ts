import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPatches } from '../../kernels/patches/read-patches.ts';
import { mailPatchFacts, missingFacts } from './patch-facts.ts';

const DIFF = 'diff --git a/fs/a.c b/fs/a.c\n--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1 +1 @@\n-a\n+b\n';

async function factsOf(head: string) {
  const folder = await mkdtemp(join(tmpdir(), 'kc-patch-facts-'));
  const file = join(folder, 'fix.patch');
  await writeFile(file, head === '' ? DIFF : `${head}\n\nwhy\n---\n${DIFF}`);
  const facts = await mailPatchFacts(file, await readPatches([file]));
  await rm(folder, { recursive: true });
  return facts;
}

test('headers that are folded, and a Message-ID with =, are read', async () => {
  const head = [
    'From: "D. Author"',
    ' <d@example.org>',
    'Subject: [PATCH v3 2/7] fs: check',
    ' the options',
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    'Message-ID:',
    ' <CAF=x1+2@mail.example.org>',
  ].join('\n');
  expect(await factsOf(head)).toEqual({
    subject: '[PATCH v3 2/7] fs: check the options',
    author: '"D. Author" <d@example.org>',
    messageId: '<CAF=x1+2@mail.example.org>',
  });
});

test('what is encoded or missing is named', async () => {
  const facts = await factsOf(
    'From: =?utf-8?q?D=2E?= <d@example.org>\nSubject: =?utf-8?q?=5BPATCH=5D_caf=C3=A9?=\nDate: x',
  );
  expect(facts).toEqual({ subject: '[PATCH] café', author: undefined, messageId: undefined });
  expect(missingFacts(facts)).toEqual(['no author: add To', 'no Message-ID: the text has no In-Reply-To']);
  expect(missingFacts(await factsOf(''))).toHaveLength(3);
});
