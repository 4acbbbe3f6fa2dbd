import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { KconformError } from '../../errors/error.ts';

/** One change of a source file: text that is there exactly once, and its replacement. */
export interface SourceEdit {
  /** Below the root of the source: `kernel/bpf/inode.c`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A file as it is to be, whatever the source has there. */
export interface SourceFile {
  /** Below the root of the source. */
  readonly file: string;
  /** Undefined to remove it. */
  readonly text: string | undefined;
}

/** Stands among the originals for a file that the source does not have. */
const ABSENT = '.absent-in-source';

/**
 * The file with the edits made one after another.
 * @throws KC_EDIT (case) with the file, and the lines of text that is not unique
 */
export function applyEdits(file: string, text: string, edits: readonly SourceEdit[]): string {
  return edits.reduce((before, { find, replace }) => {
    const places = placesOf(before, find);
    const [place] = places;
    if (place !== undefined && places.length === 1 && find !== '') {
      return before.slice(0, place) + replace + before.slice(place + find.length);
    }
    const lines = places.map((at) => before.slice(0, at).split('\n').length);
    const where = lines.length === 0 ? 'is not there' : `is there ${lines.length} times (lines ${lines.join(', ')})`;
    throw new KconformError(`${file}: the text to find ${where}: ${JSON.stringify(find.slice(0, 120))}`, {
      code: 'KC_EDIT',
      blame: 'case',
      hint: 'an edit names text that is in the file exactly once',
    });
  }, text);
}

function placesOf(text: string, find: string): number[] {
  const places: number[] = [];
  if (find === '') return places;
  for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + 1)) places.push(at);
  return places;
}

/**
 * Makes the tree the published source with these edits, and nothing else. The first edit of a file keeps the original beside
 * the tree; every call begins by putting back whatever differs, so that what an interrupted one left behind is never taken for
 * the published source. A file that is put back counts as new, since objects may have been made of the edited one.
 * @param originals the folder of originals
 * @param newest when the newest object was made, in milliseconds: also where the clock went back since, what is written is newer
 * @throws KC_EDIT (case)
 */
export async function editTree(
  tree: string,
  originals: string,
  edits: readonly (SourceEdit | SourceFile)[],
  newest = 0,
): Promise<void> {
  for (const edit of edits) {
    if (!(await keepOriginal(tree, originals, edit.file)) && 'find' in edit) throw noFile(edit.file);
  }
  const wanted = await readOriginals(originals);
  const replaced = edits.filter((edit) => 'find' in edit);
  for (const file of new Set(replaced.map((edit) => edit.file))) {
    const own = replaced.filter((edit) => edit.file === file);
    wanted.set(file, applyEdits(file, wanted.get(file) ?? '', own));
  }
  for (const edit of edits) if ('text' in edit) wanted.set(edit.file, edit.text);
  for (const [file, text] of wanted) await makeFile(join(tree, file), text, newest);
}

async function makeFile(path: string, text: string | undefined, newest: number): Promise<void> {
  const before = await readFile(path, 'utf8').catch(absent);
  if (before === text) return;
  if (text === undefined) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  const { mtimeMs } = await stat(path);
  if (mtimeMs <= newest) await utimes(path, new Date(), new Date(newest + 1_000));
}

/** @returns whether the source has the file */
async function keepOriginal(tree: string, originals: string, file: string): Promise<boolean> {
  const kept = join(originals, file);
  if (isAbsolute(file) || normalize(file) !== file || file.startsWith('..') || file.endsWith(ABSENT)) {
    throw new KconformError(`an edit names a file below the root of the source, not ${file}`, {
      code: 'KC_EDIT',
      blame: 'case',
    });
  }
  if (existsSync(kept)) return true;
  if (existsSync(`${kept}${ABSENT}`)) return false;
  await needPlainPath(tree, file);
  await mkdir(dirname(kept), { recursive: true });
  if (!existsSync(join(tree, file))) {
    await writeFile(`${kept}${ABSENT}`, '');
    return false;
  }
  await copyFile(join(tree, file), `${kept}.new`);
  await rename(`${kept}.new`, kept);
  return true;
}

/** A symbolic link in the source may lead out of it. @throws KC_EDIT */
async function needPlainPath(tree: string, file: string): Promise<void> {
  const parts = file.split('/');
  for (const [index] of parts.entries()) {
    const path = parts.slice(0, index + 1).join('/');
    const facts = await lstat(join(tree, path)).catch(absent);
    if (facts === undefined) return;
    const isLast = index === parts.length - 1;
    if (isLast ? facts.isFile() : facts.isDirectory()) continue;
    const what = facts.isSymbolicLink() ? 'a symbolic link' : `no ${isLast ? 'file' : 'folder'}`;
    throw new KconformError(`an edit names a file of the source; ${path} is ${what}`, {
      code: 'KC_EDIT',
      blame: 'case',
    });
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return undefined;
  throw error;
}

function noFile(file: string): KconformError {
  return new KconformError(`there is no file ${file} in this source`, { code: 'KC_EDIT', blame: 'case' });
}

/** What the published source has of each file that was ever edited; undefined for one that it does not have. */
async function readOriginals(folder: string): Promise<Map<string, string | undefined>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = new Map<string, string | undefined>();
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.new')) continue;
    const file = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (file.endsWith(ABSENT)) found.set(file.slice(0, -ABSENT.length), undefined);
    else found.set(file, await readFile(join(folder, file), 'utf8'));
  }
  return found;
}
