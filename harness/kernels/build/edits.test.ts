import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyEdits, editTree } from './edits.ts';

let folder: string;
const originals = () => join(folder, 'originals');
const tree = () => join(folder, 'tree');
const read = (file: string) => readFile(join(tree(), file), 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-edits-'));
  for (const [file, text] of [
    ['bpf/inode.c', 'if (a)\n\treturn -EPERM;\nif (b)\n\treturn -EPERM;\n'],
    ['bpf/token.c', 'kfree(x);\n'],
  ] as const) {
    await mkdir(dirname(join(tree(), file)), { recursive: true });
    await writeFile(join(tree(), file), text);
  }
});
afterEach(() => rm(folder, { recursive: true }));

test('text that stands there just once is replaced, edits one after another', () => {
  const edits = [
    { file: 'f', find: 'b', replace: '$& b2' },
    { file: 'f', find: 'b2', replace: 'd' },
  ];
  expect(applyEdits('f', 'a b c', edits)).toBe('a $& d c');
});

test.each([
  ['return -EPERM;', /^bpf\/inode\.c: the text to find is there 2 times \(lines 2, 4\)/],
  ['return -EACCES;', /^bpf\/inode\.c: the text to find is not there/],
  ['', /is not there/],
])('an edit that finds %j is refused, and the tree stays as it was', async (find, message) => {
  const before = await read('bpf/inode.c');
  await expect(editTree(tree(), originals(), [{ file: 'bpf/inode.c', find, replace: 'x' }])).rejects.toThrow(message);
  expect(await read('bpf/inode.c')).toBe(before);
});

test.each(['../outside.c', '/etc/passwd', 'bpf/../../outside.c', 'bpf/none.c'])('no edit reaches %s', async (file) => {
  await expect(editTree(tree(), originals(), [{ file, find: 'a', replace: 'b' }])).rejects.toMatchObject({
    code: 'KC_EDIT',
  });
});

test('the next edits begin with the published source, even after a failure', async () => {
  await editTree(tree(), originals(), [{ file: 'bpf/inode.c', find: 'if (a)', replace: 'if (!a)' }]);
  expect(await read('bpf/inode.c')).toContain('if (!a)');
  await writeFile(join(tree(), 'bpf/inode.c'), 'if (!'); // a run that was killed while it wrote

  await editTree(tree(), originals(), [{ file: 'bpf/token.c', find: 'kfree(x);', replace: '' }]);
  expect(await read('bpf/inode.c')).toBe('if (a)\n\treturn -EPERM;\nif (b)\n\treturn -EPERM;\n');
  expect(await read('bpf/token.c')).toBe('\n');

  await editTree(tree(), originals(), []);
  expect(await read('bpf/token.c')).toBe('kfree(x);\n');
});

test('only files that differ are written: make takes the others for unchanged', async () => {
  const path = join(tree(), 'bpf/inode.c');
  const edits = [{ file: 'bpf/inode.c', find: 'if (a)', replace: 'if (!a)' }];
  await editTree(tree(), originals(), edits);
  await utimes(path, 1000, 1000);
  await editTree(tree(), originals(), edits);
  expect((await stat(path)).mtimeMs).toBe(1_000_000);
  await editTree(tree(), originals(), []);
  expect((await stat(path)).mtimeMs).toBeGreaterThan(1_000_000);
});

test('what is written is newer than the newest object, also where the clock went back since that was made', async () => {
  const newest = Date.now() + 3_600_000;
  const edits = [{ file: 'bpf/token.c', find: 'kfree(x);', replace: '' }];
  await editTree(tree(), originals(), edits, newest);
  expect((await stat(join(tree(), 'bpf/token.c'))).mtimeMs).toBeGreaterThan(newest);
});

test('files are added and removed as a whole, and the next edits begin without them', async () => {
  const added = { file: 'bpf/new/own.c', text: 'own\n' };
  await editTree(tree(), originals(), [added, { file: 'bpf/token.c', text: undefined }]);
  expect(await read('bpf/new/own.c')).toBe('own\n');
  expect(await readdir(join(tree(), 'bpf'))).not.toContain('token.c');
  await editTree(tree(), originals(), [{ ...added, text: 'other\n' }]);
  expect(await read('bpf/new/own.c')).toBe('other\n');

  await editTree(tree(), originals(), []);
  expect(await readdir(join(tree(), 'bpf/new'))).toEqual([]);
  expect(await read('bpf/token.c')).toBe('kfree(x);\n');
});

test('a text to find in a file that an earlier edit added is not there', async () => {
  await editTree(tree(), originals(), [{ file: 'bpf/own.c', text: 'own\n' }]);
  await expect(editTree(tree(), originals(), [{ file: 'bpf/own.c', find: 'own', replace: '' }])).rejects.toThrow(
    'there is no file bpf/own.c in this source',
  );
});

test('a symbolic link of the source is not followed', async () => {
  await symlink(folder, join(tree(), 'bpf/link'));
  await expect(editTree(tree(), originals(), [{ file: 'bpf/link/x.c', text: 'x' }])).rejects.toThrow(
    'is a symbolic link',
  );
  expect(await readdir(folder)).not.toContain('x.c');
});
