import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { buildEnvironment } from './build-environment.ts';
import { adviceFor, type Made, outputIn, runCompiler, type Tried, withNewestHeaders } from './compiler.ts';
import { programError } from './faults.ts';
import { hostPackages, keep, keyOf, readKept, sha256, versionOf } from './kept.ts';
import type { Program } from './program-request.ts';

/** What test suites compile with. Nothing else is added, and `flags` come behind it. */
const OPTIONS = ['-O2'];

const CPLUSPLUS = ['.cc', '.cpp', '.cxx', '.C'];
/** What the preprocessor reads; other files are taken by the linker as they are. */
const PREPROCESSED = ['.c', '.S', ...CPLUSPLUS];
const OTHERS = ['.s', '.o', '.a'];

/** Words of the compiler, without headers and output. */
interface Words {
  readonly compiler: 'cc' | 'c++';
  readonly folder: string;
  readonly options: readonly string[];
  readonly sources: readonly string[];
  readonly libraries: readonly string[];
}

/** The name of a program that is made of sources: that of the first one. */
export function nameOfSources(sources: readonly string[]): string {
  const first = basename(sources[0] ?? 'program');
  return first.slice(0, first.length - extname(first).length);
}

/**
 * Compiles and links sources into a program; takes it from the cache when it was made of the same before. A program is in the
 * cache only where all that it is made of is known: the preprocessed sources, options that name no file, and the host's packages.
 * @param folder paths of the request are relative to it
 * @throws KC_PROGRAM, KC_C_NOT_COMPILED (case), KC_TOOL_MISSING (host)
 */
export async function compileSources(request: Program, folder: string): Promise<Made<Buffer>> {
  const words = wordsOf(request, folder);
  const version = await versionOf(words.compiler, words.compiler === 'cc' ? 'gcc libc6-dev' : 'g++');
  const packages = isKnown(request) ? await hostPackages() : undefined;
  return withNewestHeaders(
    (request.sources ?? []).join(', '),
    async (folders) => {
      if (packages === undefined) return link(words, folders);
      const preprocessed = await preprocess(words, folders);
      if (preprocessed.made === undefined) return { made: undefined, said: preprocessed.said };
      if (preprocessed.made.includes(undefined)) return link(words, folders);
      const key = keyOf([version, words, folders, packages, buildEnvironment(), preprocessed.made]);
      const kept = await readKept(key);
      if (kept !== undefined) return { made: kept, said: '' };
      const tried = await link(words, folders);
      if (tried.made !== undefined) await keep(key, tried.made);
      return tried;
    },
    adviceFor,
  );
}

/**
 * The headers that the sources include, other than those of the system, as absolute paths or relative to the folder.
 * @throws KC_PROGRAM, KC_C_NOT_COMPILED (case), KC_TOOL_MISSING (host)
 */
export async function headersOf(request: Program, folder: string): Promise<string[]> {
  const { compiler, options, sources } = wordsOf(request, folder);
  const headers = new Set<string>();
  for (const source of sources.filter((path) => PREPROCESSED.includes(extname(path)))) {
    const { made } = await withNewestHeaders(source, (folders) =>
      runCompiler({
        command: compiler,
        folder,
        words: (scratch) => [...options, ...asSystem(folders), '-MM', '-MF', outputIn(scratch), source],
        take: (scratch) => readFile(outputIn(scratch), 'utf8'),
      }),
    );
    for (const name of prerequisites(made)) if (resolve(folder, name) !== source) headers.add(name);
  }
  return [...headers].sort();
}

/** Of a rule of make(1): `part.o: part.c part.h`, with a backslash before a blank in a name. */
function prerequisites(rule: string): string[] {
  const names = rule
    .replaceAll('\\\n', ' ')
    .replace(/^[^:]*:/, '')
    .split(/(?<!\\)\s+/);
  return names.filter((name) => name !== '').map((name) => name.replaceAll('\\ ', ' '));
}

function wordsOf({ sources = [], include = [], flags = [], libraries = [] }: Program, folder: string): Words {
  const paths = sources.map((source) => resolve(folder, source));
  for (const [index, path] of paths.entries()) {
    if (![...PREPROCESSED, ...OTHERS].includes(extname(path)))
      throw programError(
        `${sources[index]} is not a source`,
        `sources are ${[...PREPROCESSED, ...OTHERS].join(', ')} files`,
      );
    if (!existsSync(path))
      throw programError(`there is no source ${path}`, 'paths are relative to the folder of the case');
  }
  return {
    compiler: paths.some((path) => CPLUSPLUS.includes(extname(path))) ? 'c++' : 'cc',
    folder,
    options: [...OPTIONS, ...include.flatMap((one) => ['-I', resolve(folder, one)]), ...flags],
    sources: paths,
    libraries: libraries.map((name) => `-l${name}`),
  };
}

/** Options that neither name a file or a folder nor are handed to the assembler, the linker or a plugin. */
const NAMES_NO_FILE =
  /^-(O\w*|w|ansi|pedantic(-errors)?|pthread|static|static-pie|s|g[\w-]*|[DU].+|std=.+|W[a-z][\w+=-]*|m[\w=.+-]+|f(?!plugin|profile|auto-profile|branch-prob|dump|save|sanitize-|use-ld)[\w-]+(=[\w-]+)?)$/;

/** Libraries are files that the linker looks for in several places, and a `.o` or `.a` may name others. */
function isKnown({ sources = [], flags = [], libraries = [] }: Program): boolean {
  return (
    libraries.length === 0 &&
    sources.every((source) => PREPROCESSED.includes(extname(source))) &&
    flags.every((flag) => NAMES_NO_FILE.test(flag))
  );
}

/** Directives by which the assembler reads another file. */
const READS_A_FILE = /\.(incbin|include)\b/;

/** Hashes of the sources after the preprocessor, which has read all headers; undefined for one that names a further file. */
async function preprocess(words: Words, folders: readonly string[]): Promise<Tried<readonly (string | undefined)[]>> {
  const { compiler, options, sources } = words;
  const hashes: (string | undefined)[] = [];
  for (const source of sources) {
    const tried = await runCompiler({
      command: compiler,
      folder: words.folder,
      words: (scratch) => [...options, ...asSystem(folders), '-E', '-o', outputIn(scratch), source],
      take: async (scratch) => {
        const text = await readFile(outputIn(scratch));
        return { hash: READS_A_FILE.test(text.toString('latin1')) ? undefined : sha256(text) };
      },
    });
    if (tried.made === undefined) return { made: undefined, said: tried.said };
    hashes.push(tried.made.hash);
  }
  return { made: hashes, said: '' };
}

function link(
  { compiler, options, sources, libraries, folder }: Words,
  folders: readonly string[],
): Promise<Tried<Buffer>> {
  return runCompiler({
    command: compiler,
    folder,
    words: (scratch) => [...options, ...asSystem(folders), '-o', outputIn(scratch), ...sources, ...libraries],
    take: (scratch) => readFile(outputIn(scratch)),
  });
}

function asSystem(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => ['-isystem', folder]);
}
