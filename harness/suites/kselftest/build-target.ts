import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type MakeErrors, readMakeErrors } from './compile-errors.ts';
import { PRINT_HELPERS, readHelpers } from './helpers.ts';
import { make, type Workshop } from './make.ts';
import { limitOf } from './settings.ts';

/** A target's `failure` that is none where the suite names its programs. */
export const NAMES_NO_TEST = 'its Makefile names no test';

const NOT_INSTALLED = 'the Makefile names it, but does not install it';
const SELFTESTS = 'tools/testing/selftests';

/** A program that the target's Makefile names as a test, or a helper of tests. */
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
  /** What the Makefile installs beside the tests. */
  readonly helpers: readonly ListedProgram[];
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
  if (!isThere)
    return { target, programs: [], helpers: [], limitMs, failure: `the source has no ${SELFTESTS}/${target}` };
  const common = ['-C', SELFTESTS, `TARGETS=${target}`, 'SKIP_TARGETS='];
  const built = await make(workshop, ['-k', ...common, 'all']);
  const errors = readMakeErrors(built.output, folder);
  await make(workshop, ['-i', ...common, 'install', `INSTALL_PATH=${install}`]);
  const listed = await listOf(workshop, target, folder);
  const there = new Set(await readdir(join(install, target)).catch((): string[] => []));
  const { first } = errors;
  const programs = (listed ?? []).map((name): ListedProgram => {
    if (there.has(name.split('/')[0] ?? name)) return { name };
    return { name, missing: errors.programs.get(name) ?? first ?? NOT_INSTALLED };
  });
  const helpers = compareHelpers(await helpersOf(workshop, folder), there, errors);
  const fragment = await read(join(folder, 'config'));
  const nothing = programs.every(({ missing }) => missing !== undefined);
  const failure = nothing ? (first ?? (listed === undefined ? 'make emit_tests failed' : NAMES_NO_TEST)) : undefined;
  return {
    target,
    programs,
    helpers,
    limitMs,
    ...(fragment === undefined ? {} : { fragment }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/**
 * Helpers as they are installed: in the target's folder itself, wherever they were made. The first error of the whole log says nothing
 * about a helper.
 * @param names paths below the target's source
 * @param there what is in the installed folder
 */
export function compareHelpers(
  names: readonly string[],
  there: ReadonlySet<string>,
  errors: MakeErrors,
): ListedProgram[] {
  return names.map((path): ListedProgram => {
    const name = basename(path);
    return there.has(name) ? { name } : { name, missing: errors.programs.get(path) ?? NOT_INSTALLED };
  });
}

/** Programs that make left empty are not there. */
export function withoutEmpty(target: BuiltTarget, empty: ReadonlySet<string>): BuiltTarget {
  const check = (program: ListedProgram): ListedProgram => {
    const isEmpty = program.missing === undefined && empty.has(`${target.target}/${program.name}`);
    return isEmpty ? { name: program.name, missing: 'make made an empty file' } : program;
  };
  return { ...target, programs: target.programs.map(check), helpers: target.helpers.map(check) };
}

/** What the Makefile calls tests; kselftest-list.txt is written from the same lines. undefined: make failed. */
async function listOf(workshop: Workshop, target: string, folder: string): Promise<string[] | undefined> {
  const { output, succeeded } = await make(workshop, [
    '-s',
    '--no-print-directory',
    '-C',
    folder,
    `OUTPUT=${folder}`,
    `COLLECTION=${target}`,
    'emit_tests',
  ]);
  const lines = output.split('\n').filter((line) => line.startsWith(`${target}:`));
  const names = lines.map((line) => line.slice(target.length + 1).trim()).filter((name) => name !== '');
  return names.length === 0 && !succeeded ? undefined : names;
}

async function helpersOf(workshop: Workshop, folder: string): Promise<string[]> {
  const words = ['-s', '--no-print-directory', '-C', folder, `OUTPUT=${folder}`, ...PRINT_HELPERS];
  return readHelpers((await make(workshop, words)).output, folder);
}

function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
