/** Which titles of a changelog, that names no files, may be about the files of a case. */

export interface Touching {
  readonly title: string;
  /** How much of what the case says is in the title; more is likelier. */
  readonly score: number;
  /** The words that they share. */
  readonly shared: readonly string[];
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
/** Words of every program in C or shell, and of every test: that a title has one too means nothing. */
const COMMON = new Set(
  (
    'include stdio stdlib unistd string errno error sys types stat fcntl signal define undef ifdef ifndef endif else elif static const ' +
    'struct union enum void char short long unsigned signed sizeof return while break continue switch case default goto inline extern ' +
    'main argc argv printf fprintf snprintf perror exit stderr stdout null true false size uint8 uint16 uint32 uint64 value values buffer ' +
    'test tests fail failed check expected observed result kernel linux with that this from into when before after bugs echo then done ' +
    'name names first second data flags call calls syscall syscalls file files open close read write must should shall only same other reserved ' +
    'stdint stddef assert memset memcpy strcmp strerror getpid fork wait waitpid sleep usleep argument count index result'
  ).split(' '),
);

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
  return byWords(candidates, about);
}

/** In so many of the titles a word may be and still tell something. */
const RARE = 12;
/** So rare a word alone makes a title likely: at most in so many titles. */
const TELLING = 6;
/** What has less than this share of the best one's score is no candidate beside it. */
const RELATIVE = 0.4;

/** The titles that share rare words with what is said of the behaviour, the likeliest first. */
export function sharingWords(titles: readonly string[], about: readonly string[]): Touching[] {
  const own = titles.filter((title) => !prefixOf(title).some((word) => ELSEWHERE.has(word)));
  const found = byWords(own, about, RARE);
  const least = Math.max(1 / TELLING, (found[0]?.score ?? 0) * RELATIVE);
  return found.filter(({ score }) => score >= least);
}

/** @param most in how many of the titles a word may be to count */
function byWords(titles: readonly string[], about: readonly string[], most = Number.POSITIVE_INFINITY): Touching[] {
  const wanted = [...new Set(about.flatMap(wordsOf))].filter((word) => word.length >= SHORTEST && !COMMON.has(word));
  const words = new Map(titles.map((title) => [title, wordsOf(title)] as const));
  const having = wanted
    .map((word) => ({ word, those: new Set(titles.filter((title) => has(words.get(title) ?? [], word))) }))
    .filter(({ those }) => those.size > 0 && those.size <= most);
  return titles
    .map((title) => {
      const own = having.filter(({ those }) => those.has(title));
      const score = own.reduce((sum, { those }) => sum + 1 / those.size, 0);
      return { title, score, shared: own.map(({ word }) => word) };
    })
    .sort((a, b) => b.score - a.score);
}

/** `bpf` and `x86` of `[amd64] bpf, x86: Fix …` and of `Revert "bpf, x86: …`. */
function prefixOf(title: string): string[] {
  const [, prefix = ''] = /^(?:\[[^\]]*\] *)*(?:Revert ")?([^:"]+):/.exec(title) ?? [];
  return wordsOf(prefix);
}

function has(words: readonly string[], word: string): boolean {
  return words.some((own) => own.startsWith(word) || (own.length >= SHORTEST && word.startsWith(own)));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
