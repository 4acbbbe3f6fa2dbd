import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readMakeErrors } from './compile-errors.ts';
import { make, type Workshop } from './make.ts';
import { limitOf } from './settings.ts';

const SELFTESTS = 'tools/testing/selftests';

/** A program that the target's Makefile names as a test. */
export interface ListedProgram {
  /** Its path below the target. */
  readonly name: string;
  /** Why it is not there, if it is not. */
  readonly missing?: string;
}

/** What became of one target. */
export interface BuiltTarget {
  readonly target: string;
  readonly programs: readonly ListedProgram[];
  /** Of the file `config`. */
  readonly fragment?: string;
  /** Limit of each program, in milliseconds. */
  readonly limitMs: number;
  /** Why there is no program at all. */
  readonly failure?: string;
}

/**
 * Builds and installs one target, like `make install TARGETS=…`. A program that does not compile costs the others nothing: make goes on, and it
 * is named with the compiler's first error.
 * @param install the folder for all targets
 */
export async function buildTarget(workshop: Workshop, target: string, install: string): Promise<BuiltTarget> {
  const folder = join(workshop.tree, SELFTESTS, target);
  const isThere = await stat(folder)
    .then((facts) => facts.isDirectory())
    .catch(() => false);
  const limitMs = limitOf(await read(join(folder, 'settings')));
  if (!isThere) return { target, programs: [], limitMs, failure: `the source has no ${SELFTESTS}/${target}` };
  const common = ['-C', SELFTESTS, `TARGETS=${target}`, 'SKIP_TARGETS='];
  const built = await make(workshop, ['-k', ...common, 'all']);
  const { programs: errors, first } = readMakeErrors(built.output, folder);
  await make(workshop, ['-i', ...common, 'install', `INSTALL_PATH=${install}`]);
  const listed = await listOf(workshop, target, folder);
  const there = new Set(await readdir(join(install, target)).catch((): string[] => []));
  const programs = listed.map((name): ListedProgram => {
    if (there.has(name.split('/')[0] ?? name)) return { name };
    return { name, missing: errors.get(name) ?? first ?? 'the Makefile names it, but does not install it' };
  });
  const fragment = await read(join(folder, 'config'));
  const nothing = programs.every(({ missing }) => missing !== undefined);
  const failure = nothing ? (first ?? 'its Makefile names no test') : undefined;
  return {
    target,
    programs,
    limitMs,
    ...(fragment === undefined ? {} : { fragment }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What the Makefile calls tests; kselftest-list.txt is written from the same lines. */
async function listOf(workshop: Workshop, target: string, folder: string): Promise<string[]> {
  const { output } = await make(workshop, [
    '-s',
    '--no-print-directory',
    '-C',
    folder,
    `OUTPUT=${folder}`,
    `COLLECTION=${target}`,
    'emit_tests',
  ]);
  const lines = output.split('\n').filter((line) => line.startsWith(`${target}:`));
  return lines.map((line) => line.slice(target.length + 1).trim()).filter((name) => name !== '');
}

function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
