import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asKconformError } from '../errors/error.ts';
import { applyEdits, type SourceEdit } from '../kernels/build/edits.ts';
import { functionOf } from './rules/functions.ts';

/** A file of the published source, also while a build has it edited. @param tree from `obtainSource` */
export async function sourceText(tree: string, file: string): Promise<string> {
  return readFile(join(`${tree}.originals`, file), 'utf8').catch(() => readFile(join(tree, file), 'utf8'));
}

/** Why the edits cannot be made in this source: the text to find is missing or not unique. Undefined where they can. */
export async function editFault(edits: readonly SourceEdit[], tree: string): Promise<string | undefined> {
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const own = edits.filter((edit) => edit.file === file);
    try {
      if (!existsSync(join(tree, file))) return `there is no file ${file} in this source`;
      applyEdits(file, await sourceText(tree, file), own);
    } catch (error) {
      return asKconformError(error, 'case', 'KC_EDIT').message;
    }
  }
  return undefined;
}

/** Where edits are made: `kernel/bpf/inode.c: bpf_fill_super`, or the file alone where an edit is in no function. */
export async function editedPlaces(edits: readonly SourceEdit[], tree: string): Promise<string[]> {
  const places = edits.map(async ({ file, find }) => {
    const name = functionOf(await sourceText(tree, file).catch(() => ''), find);
    return name === undefined ? file : `${file}: ${name}`;
  });
  return [...new Set(await Promise.all(places))];
}
