import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makefileFlags } from './makefile-flags.ts';
import { patchLines, readPatch } from './patch-in-text.ts';
import { selftestsIn } from './selftest.ts';

const PATCH = new URL('../test-data/ipc-next-id-selftest.patch', import.meta.url);

test('a test of a patch has its text, its headers and the rules for it', async () => {
  const text = await readFile(PATCH, 'utf8');
  const [test, ...others] = selftestsIn(readPatch(text, 'x.patch'), 'x.patch');
  expect(others).toEqual([]);
  expect(test).toMatchObject({
    target: 'ipc',
    isScript: false,
    where: 'tools/testing/selftests/ipc/next_id.c of x.patch',
  });
  expect(test?.text).toMatch(/^\/\/ SPDX.*TEST_HARNESS_MAIN\n$/s);
  expect([...(test?.headers.keys() ?? [])]).toEqual(['next_id.h']);
  expect(test?.makefile).toContain('$(OUTPUT)/next_id: CFLAGS += -Wall -O1');
});

test('what a patch changes, and what only looks like a patch', () => {
  const text =
    'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@\n one\n--- ../not a path\n+++ ../nor this\n three\n-- \n2.47\n\nThanks, --- ../x\n';
  expect(readPatch(text, 'x')).toMatchObject([{ before: 'a.c', after: 'a.c', added: ['++ ../nor this'] }]);
  expect(patchLines(text.split('\n'))).toEqual([[0, 8]]);
});

test('the options of a Makefile, without those that name files elsewhere', () => {
  const makefile =
    'CFLAGS += $(KHDR_INCLUDES) -Wall -O2 -I../ -I$(top_srcdir)/tools/include \\\n\t-Wl,-x -DX=1\nLDLIBS += -lcap -lpthread\nall: $(PROGS)\n\t@rm -rf /\nCFLAGS += $(shell id) -I/etc -include /etc/passwd @x\n$(OUTPUT)/a: LDFLAGS += -static\n';
  expect(makefileFlags(makefile)).toEqual({
    flags: ['-Wall', '-O2', '-DX=1', '-static'],
    libraries: ['cap', 'pthread'],
    include: ['../', 'top/tools/include'],
  });
});
