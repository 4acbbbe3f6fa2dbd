import { copyFile, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { scratchFolder } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';
import type { SourceFile } from '../build/edits.ts';
import { pathsOf } from './diff.ts';
import { git } from './git.ts';
import type { Patch } from './read-patches.ts';

/** Tests that a patch brings along: they are no part of the kernel, and whether they apply says nothing about it. */
const SELFTESTS = 'tools/testing/selftests/';

/** What patches make of a source. */
export interface PatchedSource {
  readonly edits: readonly SourceFile[];
  /** Files of the patches that were not applied: selftests. */
  readonly ignored: readonly string[];
}

/**
 * Applies patches one after another to copies of the files that they name; the source itself is only read.
 * @param tree the source, without edits
 * @throws KC_PATCH (case) with the patch, the file and the line where one does not apply; KC_TOOL_MISSING, KC_INTERRUPTED
 */
export async function applyPatches(
  patches: readonly Patch[],
  tree: string,
  signal?: AbortSignal,
): Promise<PatchedSource> {
  const folder = scratchFolder('kconform-patches-');
  try {
    const work = join(folder, 'source');
    await mkdir(work);
    const known = new Map<string, Buffer | undefined>();
    for (const patch of patches) {
      for (const file of patch.files.flatMap(pathsOf).filter((path) => !isSelftest(path))) {
        if (!known.has(file)) known.set(file, await copyInto(work, tree, file, patch));
      }
      await applyOne(patch, { folder, work, signal });
    }
    const edits = await changesIn(work, known);
    const ignored = [...new Set(patches.flatMap(({ files }) => files.flatMap(pathsOf)).filter(isSelftest))];
    return { edits, ignored };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isSelftest(path: string): boolean {
  return path.startsWith(SELFTESTS);
}

/** @returns undefined where the source does not have the file */
async function copyInto(work: string, tree: string, file: string, patch: Patch): Promise<Buffer | undefined> {
  const parts = file.split('/');
  for (const [index] of parts.entries()) {
    const path = parts.slice(0, index + 1).join('/');
    const facts = await lstat(join(tree, path)).catch(() => undefined);
    if (facts === undefined) return undefined;
    if (facts.isSymbolicLink()) throw refused(patch, `${path} is a symbolic link in this source`);
    if (index === parts.length - 1 && !facts.isFile()) throw refused(patch, `${path} is not a file`);
  }
  await mkdir(dirname(join(work, file)), { recursive: true });
  await copyFile(join(tree, file), join(work, file));
  return readFile(join(tree, file));
}

interface Place {
  readonly folder: string;
  readonly work: string;
  readonly signal: AbortSignal | undefined;
}

async function applyOne(patch: Patch, { folder, work, signal }: Place): Promise<void> {
  if (patch.files.flatMap(pathsOf).every(isSelftest)) return;
  const file = join(folder, 'patch');
  await writeFile(file, patch.text);
  // Without a ceiling, git would take the patch for one of a repository around the temporary folder.
  const options = { cwd: work, signal, env: { GIT_CEILING_DIRECTORIES: folder } };
  const args = ['apply', '--whitespace=nowarn', `--exclude=${SELFTESTS}*`];
  const applied = await git([...args, file], options);
  if (applied.exitCode === 0) return;
  const isThere = (await git([...args, '--reverse', '--check', file], options)).exitCode === 0;
  throw notApplied(patch, applied.stderr, isThere);
}

/** @param said what git printed: `error: patch failed: kernel/bpf/inode.c:123` */
function notApplied(patch: Patch, said: string, isThere: boolean): KconformError {
  const [, file, start] = /^error: patch failed: (.*):(\d+)$/m.exec(said) ?? [];
  const changed = patch.files.find(({ before, after }) => before === file || after === file);
  const index = changed?.hunks.findIndex((hunk) => hunk.start === Number(start)) ?? -1;
  const hunk = changed?.hunks[index];
  const where =
    file === undefined
      ? (/^error: (.*)$/m.exec(said)?.[1] ?? said.trim())
      : `${file}, line ${start}${hunk === undefined ? '' : ` (hunk ${index + 1}, line ${hunk.patchLine} of the patch)`}`;
  return new KconformError(`${patch.name} (${patch.title}) does not apply: ${where}`, {
    code: 'KC_PATCH',
    blame: 'case',
    hint: isThere
      ? 'the source has this patch already'
      : 'the source differs there; choose a kernel that the patch was made for (--kernel), or apply it to your own tree and name that one',
    evidence: { output: said.trim() },
  });
}

async function changesIn(work: string, known: ReadonlyMap<string, Buffer | undefined>): Promise<SourceFile[]> {
  const entries = await readdir(work, { recursive: true, withFileTypes: true });
  const there = entries.filter((entry) => !entry.isDirectory());
  const edits: SourceFile[] = [];
  for (const entry of there) {
    const file = join(entry.parentPath, entry.name).slice(work.length + 1);
    if (!entry.isFile())
      throw new KconformError(`${file} is not a file after the patches`, { code: 'KC_PATCH', blame: 'host' });
    const bytes = await readFile(join(work, file));
    if (known.get(file)?.equals(bytes) !== true) edits.push({ file, text: textOf(bytes, file) });
  }
  const left = new Set(there.map((entry) => join(entry.parentPath, entry.name).slice(work.length + 1)));
  const removed = [...known].filter(([file, before]) => before !== undefined && !left.has(file));
  return [...edits, ...removed.map(([file]) => ({ file, text: undefined }))].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** @throws KC_PATCH for bytes that a text in UTF-8 cannot hold */
function textOf(bytes: Buffer, file: string): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  throw new KconformError(`${file} is not a text in UTF-8`, {
    code: 'KC_PATCH',
    blame: 'host',
    hint: 'apply the patch to a tree of your own and name that with --kernel after make',
  });
}

function refused({ name, title }: Patch, why: string): KconformError {
  return new KconformError(`${name} (${title}): ${why}`, {
    code: 'KC_PATCH',
    blame: 'host',
    hint: 'nothing was changed; a patch names files below the root of the source',
  });
}
