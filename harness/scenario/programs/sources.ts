import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { adviceFor, type Made, outputIn, runCompiler, type Tried, withNewestHeaders } from './compiler.ts';
import { programError } from './faults.ts';
import { keep, keyOf, readKept, sha256, versionOf } from './kept.ts';
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
 * Compiles and links sources into a program; takes it from the cache when it was made of the same before.
 * @param folder paths of the request are relative to it
 * @throws KC_PROGRAM, KC_C_NOT_COMPILED (case), KC_TOOL_MISSING (host)
 */
export async function compileSources(request: Program, folder: string): Promise<Made<Buffer>> {
  const words = wordsOf(request, folder);
  const version = await versionOf(words.compiler, words.compiler === 'cc' ? 'gcc libc6-dev' : 'g++');
  const linked = await Promise.all((request.libraries ?? []).map((name) => libraryHash(words.compiler, name)));
  return withNewestHeaders(
    (request.sources ?? []).join(', '),
    async (folders) => {
      const preprocessed = await preprocess(words, folders);
      if (preprocessed.made === undefined) return { made: undefined, said: preprocessed.said };
      const key = keyOf([version, words, folders, linked, preprocessed.made]);
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

/** What the sources are after the preprocessor, which has read all headers: its hash, with those of other files. */
async function preprocess(words: Words, folders: readonly string[]): Promise<Tried<readonly string[]>> {
  const { compiler, options, sources } = words;
  const hashes: string[] = [];
  for (const source of sources) {
    if (!PREPROCESSED.includes(extname(source))) {
      hashes.push(sha256(await readFile(source)));
      continue;
    }
    const tried = await runCompiler({
      command: compiler,
      folder: words.folder,
      words: (scratch) => [...options, ...asSystem(folders), '-E', '-o', outputIn(scratch), source],
      take: async (scratch) => sha256(await readFile(outputIn(scratch))),
    });
    if (tried.made === undefined) return { made: undefined, said: tried.said };
    hashes.push(tried.made);
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

/** The library's files, by the names that the linker tries; those that are not there do not count. */
async function libraryHash(compiler: string, name: string): Promise<string> {
  const hashes = await Promise.all(
    [`lib${name}.so`, `lib${name}.a`].map(async (file) => {
      const { stdout } = await execa(compiler, [`-print-file-name=${file}`], { reject: false });
      if (typeof stdout !== 'string' || stdout === file) return 'none';
      return sha256(await readFile(join(stdout)));
    }),
  );
  return hashes.join(' ');
}
