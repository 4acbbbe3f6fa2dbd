import { KconformError } from '../../errors/error.ts';

/** One file that a patch changes, adds or removes. */
export interface PatchedFile {
  /** Its path before, below the root of the source; undefined for a new file. */
  readonly before: string | undefined;
  /** Its path afterwards; undefined for a removed file. */
  readonly after: string | undefined;
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
}

export interface Hunk {
  /** Line of the file before the patch at which it begins. */
  readonly start: number;
  /** Line of its `@@` in the patch. */
  readonly patchLine: number;
}

/** What a refusal names. */
interface Place {
  readonly name: string;
  readonly line: number;
}

interface Draft {
  before?: string | undefined;
  after?: string | undefined;
  readonly hunks: Hunk[];
  added: number;
  removed: number;
}

/**
 * The files that a unified diff changes (`diff -u`, `git diff`). Text around the diffs is ignored.
 * @param name of the patch, for messages
 * @throws KC_PATCH (host) for a path outside the source, a symbolic link, a submodule, a binary file, a hunk that ends too early
 */
export function parseDiff(text: string, name: string): PatchedFile[] {
  return new DiffReader(text.split('\n'), name).read();
}

/** All paths that it touches. */
export function pathsOf({ before, after }: PatchedFile): string[] {
  return [...new Set([before, after])].filter((path) => path !== undefined);
}

class DiffReader {
  readonly #lines: readonly string[];
  readonly #name: string;
  readonly #files: Draft[] = [];
  #at = 0;

  constructor(lines: readonly string[], name: string) {
    this.#lines = lines;
    this.#name = name;
  }

  read(): PatchedFile[] {
    for (; this.#at < this.#lines.length; this.#at++) this.#header(this.#lines[this.#at] ?? '');
    return this.#files.map(({ before, after, ...counts }) => ({ before, after, ...counts }));
  }

  #header(line: string): void {
    const place = { name: this.#name, line: this.#at + 1 };
    const [, rename, path = ''] = /^(?:rename|copy) (from|to) (.*)$/.exec(line) ?? [];
    const [, mode] = /^(?:new file|deleted file|old|new) mode (\d{6})$/.exec(line) ?? [];
    if (line.startsWith('diff --git ')) this.#begin(line, place);
    else if (/^(GIT binary patch|Binary files .* differ)/.test(line))
      throw refused(place, 'it changes a binary file', line);
    else if (mode !== undefined && !/^100(644|755)$/.test(mode))
      throw refused(place, 'it makes or changes a symbolic link or a submodule', line);
    else if (rename === 'from') this.#last().before = checked(path, place);
    else if (rename === 'to') this.#last().after = checked(path, place);
    else if (line.startsWith('--- ') && this.#lines[this.#at + 1]?.startsWith('+++ ') === true) this.#names(place);
    else if (line.startsWith('@@ ') && this.#files.length > 0) this.#hunk(line, place);
    else if (line.startsWith('new file mode')) this.#last().before = undefined;
    else if (line.startsWith('deleted file mode')) this.#last().after = undefined;
  }

  /** Names of a diff without a hunk, such as that of an empty file, stand only here. */
  #begin(line: string, place: Place): void {
    const rest = line.slice('diff --git '.length);
    if (rest.includes('"')) throw refused(place, 'it has a file with an unusual name', line);
    const middle = rest.indexOf(' b/') < 0 ? rest.indexOf(' ') : rest.indexOf(' b/');
    const before = stripped(rest.slice(0, middle), place);
    const after = stripped(rest.slice(middle + 1), place);
    this.#files.push({ before, after, hunks: [], added: 0, removed: 0 });
  }

  #names(place: Place): void {
    const [before, after] = [this.#lines[this.#at] ?? '', this.#lines[this.#at + 1] ?? ''].map((line) =>
      line.slice(4).replace(/\t.*$/, '').trimEnd(),
    );
    const last = this.#files.at(-1);
    const paths = [before, after].map((path = '') => (path === '/dev/null' ? undefined : stripped(path, place)));
    const isOfLast =
      last !== undefined &&
      last.hunks.length === 0 &&
      paths.some((path) => path === last.before || path === last.after);
    const draft = isOfLast ? last : { hunks: [], added: 0, removed: 0 };
    if (!isOfLast) this.#files.push(draft);
    [draft.before, draft.after] = paths;
    this.#at++;
  }

  #hunk(line: string, place: Place): void {
    const [, start, oldCount = '1', newCount = '1'] = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? [];
    if (start === undefined) throw refused(place, 'it has a damaged hunk', line);
    const draft = this.#last();
    draft.hunks.push({ start: Number(start), patchLine: place.line });
    let [old, fresh] = [Number(oldCount), Number(newCount)];
    while (old > 0 || fresh > 0) {
      const next = this.#lines[++this.#at];
      const kind = next === '' ? ' ' : next?.[0];
      if (next === undefined || !/^[ +\-\\]$/.test(kind ?? '')) throw refused(place, 'a hunk ends too early', line);
      if (kind !== '+' && kind !== '\\') old--;
      if (kind !== '-' && kind !== '\\') fresh--;
      if (kind === '+') draft.added++;
      if (kind === '-') draft.removed++;
    }
  }

  #last(): Draft {
    const last = this.#files.at(-1);
    if (last !== undefined) return last;
    throw refused({ name: this.#name, line: this.#at + 1 }, 'it is damaged', this.#lines[this.#at] ?? '');
  }
}

/** `kernel/bpf/inode.c` of `a/kernel/bpf/inode.c`. */
function stripped(path: string, place: Place): string {
  if (path.startsWith('/') || path.split('/').includes('..')) throw outside(place, path);
  return checked(path.includes('/') ? path.replace(/^[^/]*\/+/, '') : path, place);
}

function checked(path: string, place: Place): string {
  const parts = path.split('/');
  if (path.startsWith('/') || parts.includes('..')) throw outside(place, path);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
  const isOdd = /[\x00-\x1f\x7f"\\]/.test(path) || parts.some((part) => ['', '.', '.git'].includes(part));
  if (isOdd) throw refused(place, 'it has a file with an unusual name', path);
  return path;
}

function outside(place: Place, path: string): KconformError {
  return refused(place, 'it changes a file outside the source', path);
}

function refused({ name, line }: Place, why: string, what: string): KconformError {
  return new KconformError(`${name}, line ${line}: ${why}: ${JSON.stringify(what.slice(0, 120))}`, {
    code: 'KC_PATCH',
    blame: 'host',
    hint: 'nothing was changed; a patch names files below the root of the source, as git format-patch writes them',
  });
}
