import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { buildEnvironment } from '../programs/build-environment.ts';
import { hashInputs, type ScenarioInputs } from './inputs.ts';

/** Parts of the compiler and files that go into a static program. */
const PROGRAMS = ['cc1', 'as', 'collect2', 'ld'];
const FILES = [
  'libc.a',
  'libm.a',
  'libpthread.a',
  'libgcc.a',
  'libgcc_eh.a',
  'rcrt1.o',
  'crti.o',
  'crtn.o',
  'crtbeginS.o',
];

/**
 * Everything that a program in C is compiled from: the file, all headers, the options and the compiler.
 * Paths are a part of it, as programs can name their source (`__FILE__`).
 * @param options those of the compiler
 * @param system options for headers that it is first compiled with; the host's own are used where they do not do
 */
export async function cInputs(
  file: string,
  options: readonly string[],
  system: readonly string[],
): Promise<ScenarioInputs> {
  const folder = dirname(resolve(file));
  const found = await Promise.all([
    dependencies(file, [...options, ...system]),
    ...(system.length === 0 ? [] : [dependencies(file, options)]),
  ]);
  const sets = found.filter((one) => one !== undefined);
  if (sets.length === 0) return { varies: 'it does not compile' };
  const read: [string, string][] = [];
  for (const path of [...new Set(sets.flat())].sort()) {
    const text = await readFile(path);
    if (!relative(folder, path).startsWith('..') && /__(DATE|TIME|TIMESTAMP)__/.test(text.toString('latin1')))
      return { varies: 'it has the time of its compilation in it' };
    read.push([path, createHash('sha256').update(text).digest('hex')]);
  }
  compiler ??= describeCompiler();
  return hashInputs([options, system, read, found.length - sets.length, await compiler]);
}

/** Absolute paths of all that the preprocessor reads, the file among them; undefined where it fails. */
async function dependencies(file: string, options: readonly string[]): Promise<string[] | undefined> {
  const cwd = dirname(resolve(file));
  const { exitCode, stdout } = await execa('cc', ['-M', '-MT', 'it', ...options, resolve(file)], {
    cwd,
    extendEnv: false,
    env: buildEnvironment(),
    reject: false,
  });
  if (exitCode !== 0) return undefined;
  // A rule of make: blanks in names are escaped, and so are line ends.
  const words =
    stdout
      .replace(/^it:/, '')
      .replaceAll('\\\n', ' ')
      .match(/(?:\\.|[^\s\\])+/g) ?? [];
  return words.map((word) => resolve(cwd, word.replaceAll(/\\(.)/g, '$1').replaceAll('$$', '$')));
}

let compiler: Promise<unknown> | undefined;

async function describeCompiler(): Promise<unknown> {
  const ask = async (option: string) =>
    (await execa('cc', [option], { extendEnv: false, env: buildEnvironment(), reject: false })).stdout ?? '';
  const answers = await Promise.all([
    ...PROGRAMS.map((name) => ask(`-print-prog-name=${name}`)),
    ...FILES.map((name) => ask(`-print-file-name=${name}`)),
  ]);
  const files = await Promise.all(answers.map(identityOf));
  return [await ask('--version'), files, buildEnvironment()];
}

async function identityOf(path: string): Promise<unknown> {
  const found = await realpath(path).catch(() => undefined); // the name alone where there is no such file
  if (found === undefined) return path;
  const { size, mtimeMs, ctimeMs } = await stat(found);
  return [found, size, mtimeMs, ctimeMs];
}
