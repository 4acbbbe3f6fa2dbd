import { type PatchedFile, readDiff } from '../../kernels/patches/diff.ts';
import { reportError } from '../report-error.ts';

/** True for a text that contains a patch. */
export function hasPatch(text: string): boolean {
  return /^(?:diff --git |--- \S.*\n\+\+\+ \S)/m.test(text);
}

/**
 * The files that a patch in a text changes. Nothing is applied, so a patch that is damaged or cut is read as far as it goes.
 * @param where for messages
 * @throws KC_REPORT (case) for a path that leaves the tree
 */
export function readPatch(text: string, where: string): PatchedFile[] {
  const { files, faults } = readDiff(text.replaceAll('\r\n', '\n'));
  const outside = faults.find(({ isOutside }) => isOutside);
  if (outside === undefined) return files;
  throw reportError(
    `${where}: the patch names a path outside the tree: ${outside.what.replace(/^[ab]\//, '')}`,
    'nothing of it was used; ask its author for a patch of git format-patch',
  );
}

/** Where the patch stands in a text, as numbers of lines from 0: it is no prose, and no program. */
export function patchLines(lines: readonly string[]): readonly [number, number][] {
  const found: [number, number][] = [];
  for (let index = 0; index < lines.length; index++) {
    if (!/^(?:diff --git |--- (?:a\/|\/dev\/null))/.test(lines[index] ?? '')) continue;
    let to = index + 1;
    while (
      to < lines.length &&
      !/^-- $/.test(lines[to] ?? '') &&
      /^(?:[-+ @\\]|diff |index |new file|deleted|old mode|new mode|similarity|rename|copy|Binary|$)/.test(
        lines[to] ?? '',
      )
    )
      to++;
    found.push([index, to]);
    index = to - 1;
  }
  return found;
}
