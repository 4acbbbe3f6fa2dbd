import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathsBelow } from '../../cache/folder-content.ts';
import { applyPatches } from './apply.ts';
import { readPatchText } from './read-patches.ts';

let folder: string;
const tree = () => join(folder, 'tree');
const apply = async (...texts: string[]) => {
  const read = await Promise.all(texts.map((text, index) => readPatchText(Buffer.from(text), `${index + 1}.patch`)));
  return applyPatches(
    read.flatMap(({ patches }) => patches),
    tree(),
  );
};
const change = (file: string, from: string, to: string, start = 1) =>
  `--- a/${file}\n+++ b/${file}\n@@ -${start} +${start} @@\n-${from}\n+${to}\n`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-apply-'));
  await mkdir(join(tree(), 'kernel'), { recursive: true });
  await writeFile(join(tree(), 'kernel/fork.c'), 'one\n');
  await writeFile(join(tree(), 'kernel/exit.c'), 'two\n');
});
afterEach(() => rm(folder, { recursive: true }));

test('patches build on each other: changed, added, removed and renamed files; the source stays as it is', async () => {
  const added = '--- /dev/null\n+++ b/kernel/new/own.c\n@@ -0,0 +1 @@\n+fresh\n';
  const renamed =
    'diff --git a/kernel/exit.c b/kernel/end.c\nsimilarity index 100%\nrename from kernel/exit.c\nrename to kernel/end.c\n';
  const { edits } = await apply(
    change('kernel/fork.c', 'one', '1') + added,
    change('kernel/fork.c', '1', 'I') + change('kernel/new/own.c', 'fresh', 'stale') + renamed,
  );
  expect(edits).toEqual([
    { file: 'kernel/end.c', text: 'two\n' },
    { file: 'kernel/exit.c', text: undefined },
    { file: 'kernel/fork.c', text: 'I\n' },
    { file: 'kernel/new/own.c', text: 'stale\n' },
  ]);
  expect((await pathsBelow(tree())).sort()).toEqual(['kernel', 'kernel/exit.c', 'kernel/fork.c']);
  expect(await readFile(join(tree(), 'kernel/fork.c'), 'utf8')).toBe('one\n');
});

test('selftests are left out by name, also where they would not apply', async () => {
  const selftest = change('tools/testing/selftests/bpf/x.c', 'not', 'there');
  const { edits, ignored } = await apply(selftest + change('kernel/fork.c', 'one', '1'));
  expect(edits).toEqual([{ file: 'kernel/fork.c', text: '1\n' }]);
  expect(ignored).toEqual(['tools/testing/selftests/bpf/x.c']);
  expect((await apply(selftest)).edits).toEqual([]);
});

test('a patch that does not apply is named with its file, hunk and line', async () => {
  const failing = apply(change('kernel/exit.c', 'two', '2'), change('kernel/fork.c', 'three', '3'));
  await expect(failing).rejects.toMatchObject({
    code: 'KC_PATCH',
    message: '2.patch (2.patch) does not apply: kernel/fork.c, line 1 (hunk 1, line 3 of the patch)',
  });
});

test('a patch that the source has already is said so', async () => {
  await expect(apply(change('kernel/fork.c', 'zero', 'one'))).rejects.toMatchObject({
    hint: 'the source has this patch already',
  });
});

test('a file that is missing is named', async () => {
  await expect(apply(change('kernel/none.c', 'a', 'b'))).rejects.toMatchObject({
    message: expect.stringContaining('kernel/none.c'),
  });
});

test('a link in the source leads nowhere', async () => {
  await writeFile(join(folder, 'outside.c'), 'out\n');
  await symlink(folder, join(tree(), 'link'));
  await symlink('../outside.c', join(tree(), 'file.c'));
  for (const file of ['link/outside.c', 'file.c'])
    await expect(apply(change(file, 'out', 'in'))).rejects.toThrow('is a symbolic link in this source');
  expect(await readFile(join(folder, 'outside.c'), 'utf8')).toBe('out\n');
});

test('bytes that are not UTF-8 are refused, not changed', async () => {
  await writeFile(join(tree(), 'kernel/fork.c'), Buffer.from('one\n\n\n\n\n\xe9\n', 'latin1'));
  const text = '--- a/kernel/fork.c\n+++ b/kernel/fork.c\n@@ -1,3 +1,3 @@\n-one\n+1\n \n \n';
  await expect(apply(text)).rejects.toThrow('kernel/fork.c is not a text in UTF-8');
});
