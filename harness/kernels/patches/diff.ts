import { KconformError } from '../../errors/error.ts';

/** One file that a patch changes, adds or removes. */
export interface PatchedFile {
  /** Its path before, below the root of the source; undefined for a new file. */
  readonly before: string | undefined;
  /** Its path afterwards; undefined for a removed file. */
  readonly after: string | undefined;
  readonly hunks: readonly Hunk[];
  /** The lines that are added, without their `+`; of a new file its whole text. */
  readonly added: readonly string[];
  /** How many lines are removed. */
  readonly removed: number;
}

export interface Hunk {
  /** Line of the file before the patch at which it begins. */
  readonly start: number;
  /** Line of its `@@` in the patch. */
  readonly patchLine: number;
}

/** Why a diff is not applied. */
export interface DiffFault {
  /** In the text, from 1. */
  readonly line: number;
  readonly why: string;
  /** The path or the line that is at fault. */
  readonly what: string;
  /** Whether it names a path outside the source. */
  readonly isOutside: boolean;
}

const OUTSIDE = 'it changes a file outside the source';
const UNUSUAL = 'it has a file with an unusual name';

interface Draft {
  before?: string | undefined;
  after?: string | undefined;
  readonly hunks: Hunk[];
  readonly added: string[];
  removed: number;
  /** Whether one of its names is at fault. */
  isRefused: boolean;
}

/**
 * The files that a unified diff changes (`diff -u`, `git diff`). Text around the diffs is ignored.
 * @param name of the patch, for messages
 * @throws KC_PATCH (host) for the first fault
 */
export function parseDiff(text: string, name: string): PatchedFile[] {
  const { files, faults } = readDiff(text);
  const [fault] = faults;
  if (fault === undefined) return files;
  const { line, why, what } = fault;
  throw new KconformError(`${name}, line ${line}: ${why}: ${JSON.stringify(what.slice(0, 120))}`, {
    code: 'KC_PATCH',
    blame: 'host',
    hint: 'nothing was changed; a patch names files below the root of the source, as git format-patch writes them',
  });
}

/**
 * The files that a unified diff changes, as far as it can be read, and its faults: a path outside the source, a symbolic link, a submodule, a
 * binary file, a hunk that ends too early. A file whose name is at fault is not among the files.
 */
export function readDiff(text: string): { readonly files: PatchedFile[]; readonly faults: DiffFault[] } {
  return new DiffReader(text.split('\n')).read();
}

/** All paths that it touches. */
export function pathsOf({ before, after }: PatchedFile): string[] {
  return [...new Set([before, after])].filter((path) => path !== undefined);
}

class DiffReader {
  readonly #lines: readonly string[];
  readonly #files: Draft[] = [];
  readonly #faults: DiffFault[] = [];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  read(): { files: PatchedFile[]; faults: DiffFault[] } {
    for (; this.#at < this.#lines.length; this.#at++) this.#header(this.#lines[this.#at] ?? '');
    const files = this.#files.filter(({ isRefused }) => !isRefused);
    return {
      files: files.map(({ before, after, hunks, added, removed }) => ({ before, after, hunks, added, removed })),
      faults: this.#faults,
    };
  }

  #header(line: string): void {
    const [, rename, path = ''] = /^(?:rename|copy) (from|to) (.*)$/.exec(line) ?? [];
    const [, mode] = /^(?:new file|deleted file|old|new) mode (\d{6})$/.exec(line) ?? [];
    if (line.startsWith('diff --git ')) this.#begin(line);
    else if (/^(GIT binary patch|Binary files .* differ)/.test(line)) this.#refuse('it changes a binary file', line);
    else if (mode !== undefined && !/^100(644|755)$/.test(mode))
      this.#refuse('it makes or changes a symbolic link or a submodule', line);
    else if (rename === 'from') this.#rename(line, 'before', path);
    else if (rename === 'to') this.#rename(line, 'after', path);
    else if (line.startsWith('--- ') && this.#lines[this.#at + 1]?.startsWith('+++ ') === true) this.#names();
    else if (line.startsWith('@@ ') && this.#files.length > 0) this.#hunk(line);
    else if (line.startsWith('new file mode')) this.#change(line, { before: undefined });
    else if (line.startsWith('deleted file mode')) this.#change(line, { after: undefined });
  }

  /** Names of a diff without a hunk, such as that of an empty file, stand only here. */
  #begin(line: string): void {
    const rest = line.slice('diff --git '.length);
    if (rest.includes('"')) {
      this.#refuse(UNUSUAL, line);
      return;
    }
    const middle = rest.indexOf(' b/') < 0 ? rest.indexOf(' ') : rest.indexOf(' b/');
    const before = this.#stripped(rest.slice(0, middle));
    const after = this.#stripped(rest.slice(middle + 1));
    const isRefused = before === undefined || after === undefined;
    this.#files.push({ before, after, hunks: [], added: [], removed: 0, isRefused });
  }

  #names(): void {
    const [before, after] = [this.#lines[this.#at] ?? '', this.#lines[this.#at + 1] ?? ''].map((line) =>
      line.slice(4).replace(/\t.*$/, '').trimEnd(),
    );
    const last = this.#files.at(-1);
    const named = [before, after].map((path = '') => (path === '/dev/null' ? path : this.#stripped(path)));
    const paths = named.map((path) => (path === '/dev/null' ? undefined : path));
    const isOfLast =
      last !== undefined &&
      last.hunks.length === 0 &&
      paths.some((path) => path === last.before || path === last.after);
    const draft: Draft = isOfLast ? last : { hunks: [], added: [], removed: 0, isRefused: false };
    if (!isOfLast) this.#files.push(draft);
    [draft.before, draft.after] = paths;
    draft.isRefused ||= named.includes(undefined);
    this.#at++;
  }

  #hunk(line: string): void {
    const [, start, oldCount = '1', newCount = '1'] = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? [];
    const draft = this.#files.at(-1);
    if (start === undefined || draft === undefined) {
      this.#refuse('it has a damaged hunk', line);
      return;
    }
    draft.hunks.push({ start: Number(start), patchLine: this.#at + 1 });
    let [old, fresh] = [Number(oldCount), Number(newCount)];
    const begin = this.#at;
    while (old > 0 || fresh > 0) {
      const next = this.#lines[this.#at + 1];
      const kind = next === '' ? ' ' : next?.[0];
      if (next === undefined || !/^[ +\-\\]$/.test(kind ?? '')) {
        this.#refuse('a hunk ends too early', line, begin + 1);
        return;
      }
      this.#at++;
      if (kind !== '+' && kind !== '\\') old--;
      if (kind !== '-' && kind !== '\\') fresh--;
      if (kind === '+') draft.added.push(next.slice(1));
      if (kind === '-') draft.removed++;
    }
  }

  #rename(line: string, which: 'before' | 'after', path: string): void {
    const name = this.#checked(path);
    this.#change(line, { [which]: name, ...(name === undefined && { isRefused: true }) });
  }

  /** Changes what is known of the last file. */
  #change(line: string, change: Partial<Draft>): void {
    const last = this.#files.at(-1);
    if (last === undefined) this.#refuse('it is damaged', line);
    else Object.assign(last, change);
  }

  /** `kernel/bpf/inode.c` of `a/kernel/bpf/inode.c`; undefined where it is at fault. */
  #stripped(path: string): string | undefined {
    const isOutside = path.startsWith('/') || path.split('/').includes('..');
    return this.#checked(!isOutside && path.includes('/') ? path.replace(/^[^/]*\/+/, '') : path);
  }

  #checked(path: string): string | undefined {
    const parts = path.split('/');
    const isOutside = path.startsWith('/') || parts.includes('..');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
    const isOdd = /[\x00-\x1f\x7f"\\]/.test(path) || parts.some((part) => ['', '.', '.git'].includes(part));
    if (isOutside) this.#refuse(OUTSIDE, path);
    else if (isOdd) this.#refuse(UNUSUAL, path);
    else return path;
    return undefined;
  }

  #refuse(why: string, what: string, line = this.#at + 1): void {
    this.#faults.push({ line, why, what, isOutside: why === OUTSIDE });
  }
}
