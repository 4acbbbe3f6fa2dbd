import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { KconformError } from '../../errors/error.ts';

/** One change of a source file: text that is there exactly once, and its replacement. */
export interface SourceEdit {
  /** Below the root of the source: `kernel/bpf/inode.c`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

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
  edits: readonly SourceEdit[],
  newest = 0,
): Promise<void> {
  const files = [...new Set(edits.map(({ file }) => file))];
  for (const file of files) await keepOriginal(tree, originals, file);
  const wanted = new Map<string, string>();
  for (const file of await listFiles(originals)) wanted.set(file, await readFile(join(originals, file), 'utf8'));
  for (const file of files) {
    const own = edits.filter((edit) => edit.file === file);
    wanted.set(file, applyEdits(file, wanted.get(file) ?? '', own));
  }
  for (const [file, text] of wanted) {
    const path = join(tree, file);
    if ((await readFile(path, 'utf8')) === text) continue;
    await writeFile(path, text);
    const { mtimeMs } = await stat(path);
    if (mtimeMs <= newest) await utimes(path, new Date(), new Date(newest + 1_000));
  }
}

async function keepOriginal(tree: string, originals: string, file: string): Promise<void> {
  const kept = join(originals, file);
  if (isAbsolute(file) || normalize(file) !== file || file.startsWith('..')) {
    throw new KconformError(`an edit names a file below the root of the source, not ${file}`, {
      code: 'KC_EDIT',
      blame: 'case',
    });
  }
  if (existsSync(kept)) return;
  await mkdir(dirname(kept), { recursive: true });
  await copyFile(join(tree, file), `${kept}.new`).catch((cause: unknown) => {
    throw new KconformError(`there is no file ${file} in this source`, { code: 'KC_EDIT', blame: 'case', cause });
  });
  await rename(`${kept}.new`, kept);
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.new'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
