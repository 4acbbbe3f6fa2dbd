import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pathsBelow } from '../../cache/folder-content.ts';
import { checkedOut, hasUncommitted, patchesOf } from './git-tree.ts';

const MAKEFILE = 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 99\nEXTRAVERSION = -rc1\n# KERNELVERSION\n';

let folder: string;
const tree = () => join(folder, 'linux tree');
const git = (...args: string[]) =>
  execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd: tree() });
async function commit(file: string, text: string) {
  await writeFile(join(tree(), file), text);
  await git('add', '.');
  await git('commit', '-qm', `change ${file}`);
}
/** Every file of the tree and its repository, with when it was written. */
async function stateOf() {
  const files = await pathsBelow(tree());
  return Promise.all(files.sort().map(async (file) => `${file} ${(await stat(join(tree(), file))).mtimeMs}`));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-git-tree-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  await mkdir(tree());
  await git('init', '-q');
  await commit('Makefile', MAKEFILE);
  await commit('own.c', 'one\n');
  await commit('own.c', 'two\n');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('a commit is checked out elsewhere, and later ones write only what differs; the tree stays as it is', async () => {
  await writeFile(join(tree(), 'own.c'), 'not committed\n');
  const before = await stateOf();
  const head = await checkedOut(tree(), 'HEAD', {});
  expect(head.version).toBe('6.12.99-rc1');
  expect(await readFile(join(head.tree, 'own.c'), 'utf8')).toBe('two\n');
  const made = (await stat(join(head.tree, 'Makefile'))).mtimeMs;
  const older = await checkedOut(tree(), 'HEAD~1', {});
  expect(older).toMatchObject({ tree: head.tree, packageVersion: head.packageVersion });
  expect(older.commit).not.toBe(head.commit);
  expect(await readFile(join(older.tree, 'own.c'), 'utf8')).toBe('one\n');
  expect((await stat(join(older.tree, 'Makefile'))).mtimeMs).toBe(made);
  expect(await hasUncommitted(tree())).toBe(true);
  expect(await stateOf()).toEqual(before);
});

test('edits of an earlier run are gone in another commit', async () => {
  const head = await checkedOut(tree(), 'HEAD', {});
  await mkdir(`${head.tree}.originals`);
  await writeFile(join(`${head.tree}.originals`, 'own.c'), 'two\n');
  await writeFile(join(head.tree, 'own.c'), 'edited\n'); // by a run that was killed
  expect(await readFile(join((await checkedOut(tree(), 'HEAD~1', {})).tree, 'own.c'), 'utf8')).toBe('one\n');
  expect(await readFile(join((await checkedOut(tree(), 'HEAD', {})).tree, 'own.c'), 'utf8')).toBe('two\n');
});

test('the patches of a range are a mailbox', async () => {
  const { base, mailbox } = await patchesOf(tree(), 'HEAD~1..');
  expect(base).toBe('HEAD~1');
  expect(mailbox.toString()).toMatch(/^Subject: \[PATCH\] change own\.c$[\s\S]*^-one$\n^\+two$/m);
});

test.each([
  ['HEAD', 'KC_PATCH', 'is no range of commits'],
  ['HEAD..HEAD~1', 'KC_PATCH', 'contains no commits'],
  ['--output=/tmp/x..HEAD', 'KC_NO_SUCH_TREE', 'git does not find'],
  ['none..HEAD', 'KC_NO_SUCH_TREE', 'git does not find none..HEAD'],
])('the range %s is refused', async (range, code, message) => {
  await expect(patchesOf(tree(), range)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a range with a merge, a folder without git and a commit that is not there are refused', async () => {
  await git('checkout', '-qb', 'side', 'HEAD~1');
  await commit('side.c', 'side\n');
  await git('checkout', '-q', '-');
  await git('merge', '-q', '--no-ff', '-m', 'merge', 'side');
  await expect(patchesOf(tree(), 'HEAD~1..HEAD')).rejects.toThrow('contains merges');
  await expect(checkedOut(tree(), 'v9.9', {})).rejects.toMatchObject({ code: 'KC_NO_SUCH_TREE' });
  await expect(checkedOut(folder, 'HEAD', {})).rejects.toMatchObject({ code: 'KC_NO_SUCH_TREE' });
});
