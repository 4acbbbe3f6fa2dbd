/** Which titles of a changelog, that names no files, may be about the files of a case. */

export interface Touching {
  readonly title: string;
  /** How much of what the case says is in the title; more is likelier. */
  readonly score: number;
}

/** Folders that tell no subsystem. */
const GENERAL = new Set(['kernel', 'include', 'linux', 'drivers', 'arch', 'uapi', 'lib']);
/** Not in the kernel's image. */
const ELSEWHERE = new Set([
  'selftests',
  'selftest',
  'tools',
  'samples',
  'docs',
  'documentation',
  'libbpf',
  'bpftool',
  'perf',
]);
const SHORTEST = 4;

/** Names that a commit's title has before its colon when it touches the file: `bpf` and `inode` for kernel/bpf/inode.c. */
export function subsystemsOf(file: string): string[] {
  const parts = file.replace(/\.[a-z]+$/, '').split('/');
  const names = parts.filter((part) => !GENERAL.has(part));
  return names[0] === 'security' ? [...names, 'lsm'] : names[0] === 'fs' ? [...names, 'vfs'] : names;
}

/**
 * The titles that begin with a subsystem of one of the files, the likeliest first: those that share words with what the case says
 * of itself, words that few of the titles have counting more.
 */
export function touching(titles: readonly string[], files: readonly string[], about: readonly string[]): Touching[] {
  const subsystems = new Set(files.flatMap(subsystemsOf));
  const candidates = titles.filter((title) => {
    const words = prefixOf(title);
    return words.some((word) => subsystems.has(word)) && !words.some((word) => ELSEWHERE.has(word));
  });
  const wanted = [...new Set(about.flatMap(wordsOf))].filter((word) => word.length >= SHORTEST);
  const having = wanted.map((word) => candidates.filter((title) => has(title, word)));
  const score = (title: string) =>
    having.reduce((sum, those) => sum + (those.includes(title) ? 1 / those.length : 0), 0);
  return candidates.map((title) => ({ title, score: score(title) })).sort((a, b) => b.score - a.score);
}

/** `bpf` and `x86` of `[amd64] bpf, x86: Fix …` and of `Revert "bpf, x86: …`. */
function prefixOf(title: string): string[] {
  const [, prefix = ''] = /^(?:\[[^\]]*\] *)*(?:Revert ")?([^:"]+):/.exec(title) ?? [];
  return wordsOf(prefix);
}

function has(title: string, word: string): boolean {
  return wordsOf(title).some((own) => own.startsWith(word) || (own.length >= SHORTEST && word.startsWith(own)));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
