import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cachePath, ensureFolder } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { KconformError } from '../../errors/error.ts';
import { restoreSource, treeVersion } from '../build/build.ts';
import type { Source } from '../build/source.ts';
import type { AptOptions } from '../debian/apt.ts';
import { git } from './git.ts';

/** Without it, git would refresh the index of the user's tree. */
const READ_ONLY = { GIT_OPTIONAL_LOCKS: '0' };

/**
 * A commit of the user's git tree, checked out in the cache with an index of its own: nothing is written into the tree or its
 * repository. Later commits of the same tree write only the files that differ.
 * @throws KC_NO_SUCH_TREE (host) where it is no git tree, has no such commit, or is no kernel
 */
export async function checkedOut(folder: string, revision: string, options: AptOptions): Promise<Source> {
  const tree = resolve(folder);
  const commit = (
    await ask(tree, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], revision)
  ).trim();
  const name = `git-${createHash('sha256').update(tree).digest('hex').slice(0, 12)}`;
  const home = await ensureFolder(cachePath('sources', name));
  const source = { version: '', packageVersion: name, tree: join(home, 'tree'), commit };
  const { signal, progress } = options;
  const lock = {
    awaited: 'another run with the same tree',
    ...(signal && { signal }),
    onWait: (message: string) => progress?.(message),
  };
  await withLock(join(home, 'lock'), lock, async () => {
    const memo = join(home, 'commit');
    if ((await readFile(memo, 'utf8').catch(() => '')) === commit) return;
    progress?.(`checking out ${commit.slice(0, 12)} of ${tree}`);
    await mkdir(source.tree, { recursive: true });
    await restoreSource(source, progress);
    await rm(memo, { force: true });
    await rm(`${source.tree}.originals`, { recursive: true, force: true });
    await rm(join(home, 'index.lock'), { force: true }); // of a run that was killed
    const env = { GIT_INDEX_FILE: join(home, 'index'), GIT_WORK_TREE: source.tree, GIT_DIR: await gitFolder(tree) };
    const done = await git(['read-tree', '--reset', '-u', commit], { cwd: source.tree, signal, env });
    if (done.exitCode !== 0) throw noTree(`${commit} of ${tree} cannot be checked out: ${done.stderr.trim()}`);
    await writeFile(memo, commit);
  });
  const files = await ask(tree, ['ls-tree', '-r', commit], commit);
  const listed = files.split('\n').filter((line) => /\/?Kconfig[^/]*$/.test(line));
  const kconfig = createHash('sha256').update(listed.join('\n')).digest('hex');
  return { ...source, kconfig, version: await treeVersion(source.tree) };
}

/**
 * The patches of a range of commits, as a mailbox.
 * @throws KC_NO_SUCH_TREE, KC_PATCH (host) for an empty range or one with merges, of which no patch can be made
 */
export async function patchesOf(
  folder: string,
  range: string,
): Promise<{ readonly base: string; readonly mailbox: Buffer }> {
  const tree = resolve(folder);
  const [, from = '', to = ''] = /^([^.](?:\.?[^.])*)\.\.((?:[^.]\.?)*)$/.exec(range) ?? [];
  if (from === '') throw rangeError(`${range} is no range of commits`, 'write --range A..B, or --range A.. up to HEAD');
  const commits = `${from}..${to === '' ? 'HEAD' : to}`;
  const merges = await ask(tree, ['rev-list', '--merges', '--end-of-options', commits], commits);
  if (merges.trim() !== '') throw rangeError(`${range} contains merges`, 'name a range without merges, or rebase it');
  const mailbox = await ask(tree, ['format-patch', '--stdout', '--no-signature', '--end-of-options', commits], commits);
  if (mailbox === '') throw rangeError(`${range} contains no commits`, 'the older commit comes first: A..B');
  return { base: from, mailbox: Buffer.from(mailbox) };
}

/** Whether files of the tree differ from its HEAD. Untracked files do not count. */
export async function hasUncommitted(folder: string): Promise<boolean> {
  return (await ask(resolve(folder), ['status', '--porcelain', '--untracked-files=no'], 'its changes')).trim() !== '';
}

async function gitFolder(tree: string): Promise<string> {
  return (await ask(tree, ['rev-parse', '--absolute-git-dir'], 'its repository')).trim();
}

async function ask(tree: string, args: readonly string[], what: string): Promise<string> {
  if (!existsSync(tree)) throw noTree(`there is no folder ${tree}`);
  const { exitCode, stdout, stderr } = await git(args, { cwd: tree, env: READ_ONLY });
  if (exitCode === 0) return stdout;
  throw noTree(`git does not find ${what} in ${tree}${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}`);
}

function noTree(message: string): KconformError {
  return new KconformError(message, {
    code: 'KC_NO_SUCH_TREE',
    blame: 'host',
    hint: 'name a git tree of the kernel and a commit of it; for files without git: git init && git add . && git commit',
  });
}

function rangeError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_PATCH', blame: 'host', hint });
}
