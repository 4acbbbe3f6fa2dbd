import { reportError } from '../report-error.ts';

/** A file of a patch, and the lines that the patch adds to it. */
export interface PatchedFile {
  /** Its path after the patch. */
  readonly path: string;
  readonly isNew: boolean;
  /** The added lines; of a new file its whole text. */
  readonly added: string;
}

/** True for a text that contains a patch. */
export function hasPatch(text: string): boolean {
  return /^(?:diff --git |--- \S.*\n\+\+\+ \S)/m.test(text);
}

/**
 * The files that a patch changes.
 * @param where for messages
 * @throws KC_REPORT (case) for a path that leaves the tree
 */
export function readPatch(text: string, where: string): PatchedFile[] {
  const files: PatchedFile[] = [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  let before = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    for (const [, name = ''] of line.matchAll(/^(?:---|\+\+\+|rename to|copy to) (?:[ab]\/)?([^\t]+)/g))
      refuseOutside(name, where);
    for (const name of /^diff --git (\S+) (\S+)$/.exec(line)?.slice(1) ?? [])
      refuseOutside(name.replace(/^[ab]\//, ''), where);
    if (line.startsWith('--- ')) before = line.slice(4).split('\t')[0]?.trim() ?? '';
    const path = /^\+\+\+ (?:b\/)?([^\t]+)/.exec(line)?.[1]?.trim();
    if (path === undefined || path === '/dev/null') continue;
    const hunks = readHunks(lines, index + 1);
    files.push({ path, isNew: before === '/dev/null', added: hunks.added.map((one) => `${one}\n`).join('') });
    index = hunks.next - 1;
  }
  return files;
}

/** Refuses a patch with a path outside the source tree. */
function refuseOutside(path: string, where: string): void {
  const name = path.trim();
  if (name === '/dev/null') return;
  if (!name.startsWith('/') && !name.split('/').includes('..')) return;
  throw reportError(
    `${where}: the patch names a path outside the tree: ${name}`,
    'nothing of it was used; ask its author for a patch of git format-patch',
  );
}

function readHunks(lines: readonly string[], start: number): { added: string[]; next: number } {
  const added: string[] = [];
  let next = start;
  while (lines[next]?.startsWith('@@')) {
    const [, oldCount = '1', newCount = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(lines[next] ?? '') ?? [];
    let [oldLeft, newLeft] = [Number(oldCount), Number(newCount)];
    next++;
    while (next < lines.length && (oldLeft > 0 || newLeft > 0)) {
      const line = lines[next] ?? '';
      if (line.startsWith('+')) {
        added.push(line.slice(1));
        newLeft--;
      } else if (line.startsWith('-')) oldLeft--;
      else if (line.startsWith(' ') || line === '') [oldLeft, newLeft] = [oldLeft - 1, newLeft - 1];
      else if (!line.startsWith('\\')) break;
      next++;
    }
    if (lines[next]?.startsWith('\\')) next++;
  }
  return { added, next };
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
