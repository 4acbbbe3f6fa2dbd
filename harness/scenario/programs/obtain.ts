import { existsSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { scratchFolder } from '../../cache/scratch-folder.ts';
import type { Built } from './built.ts';
import { programError } from './faults.ts';
import { collectFiles, type GuestFiles } from './guest-files.ts';
import { runMake } from './makefile.ts';
import type { Program } from './program-request.ts';
import { compileSources, nameOfSources } from './sources.ts';

/** A program that is ready for guests. */
export interface ObtainedProgram {
  readonly files: GuestFiles;
  /** What the compiler said although it compiled. */
  readonly warnings: string;
  /** The kernel headers that it was compiled with; undefined where nothing was compiled. */
  readonly with: string | undefined;
}

/**
 * Checks that a request describes one program.
 * @throws KC_PROGRAM (case)
 */
export function checkRequest({ command, sources, make, include, flags, libraries, env = {} }: Program): void {
  if (sources === undefined && make === undefined && command === undefined)
    throw programError(
      'a program has neither command nor sources nor make',
      'name the file to run, its sources, or a target',
    );
  if (sources !== undefined && (make !== undefined || command !== undefined)) {
    throw programError(
      `a program has both sources and ${make === undefined ? 'command' : 'make'}`,
      'sources are compiled into the program itself; put helpers into files',
    );
  }
  if (sources?.length === 0) throw programError('the list of sources is empty', 'name at least one source');
  const forCompiler = { include, flags, libraries };
  const [unused] = Object.entries(forCompiler).find(([, value]) => value !== undefined) ?? [];
  if (sources === undefined && unused !== undefined) {
    throw programError(
      `a program has ${unused}, which are for sources, and it has no sources`,
      make === undefined ? 'name its sources' : 'the Makefile has its own',
    );
  }
  const variable = Object.keys(env).find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (variable !== undefined)
    throw programError(`${variable} is not a name for an environment variable`, 'names have letters, digits and _');
}

/**
 * Compiles, makes or finds a program, and collects all that it needs in a guest.
 * @param folder paths of the request are relative to it
 * @throws KC_PROGRAM, KC_C_NOT_COMPILED, KC_MACHINE_FILE (case), KC_TOOL_MISSING, KC_TMPDIR (host)
 */
export async function obtainProgram(request: Program, folder: string): Promise<ObtainedProgram> {
  checkRequest(request);
  const { sources, make, files = [] } = request;
  if (sources !== undefined) return fromSources(request, sources, folder);
  if (make !== undefined) {
    const { made, warnings, with: headers } = await runMake(make, folder);
    const collected = await collectMade(made, request, folder);
    return { files: collected, warnings: `${warnings}${leftOutNotice(collected)}`, with: headers };
  }
  const path = resolve(folder, request.command ?? '');
  return { files: await collectFiles({ path, files, folder }), warnings: '', with: undefined };
}

/** What was made, or else is in the folder. Without `files`, what was made in the program's own folder goes with it. */
async function collectMade(made: Built, request: Program, folder: string): Promise<GuestFiles> {
  const name = programOf(made, request);
  const find = (path: string) => (existsSync(join(made.folder, path)) ? join(made.folder, path) : join(folder, path));
  const path = find(name);
  if (request.files !== undefined)
    return collectFiles({ path, folder, files: request.files.map((text) => text.replace(/^[^:]+/, find)) });
  const beside = path.startsWith(made.folder) ? [`${dirname(path)}:.`] : [];
  return collectFiles({ path, folder, files: beside, largest: LARGEST_BESIDE });
}

/** Larger files than that, which nobody has asked for, would cost each guest time and memory. */
const LARGEST_BESIDE = 2 ** 20;

function leftOutNotice({ leftOut }: GuestFiles): string {
  if (leftOut.length === 0) return '';
  const shown = leftOut.slice(0, 5).map(({ path, mib }) => `${path} (${mib} MiB)`);
  const more = leftOut.length > 5 ? `, and ${leftOut.length - 5} more` : '';
  return `the Makefile made large files that do not go with the program: ${shown.join(', ')}${more}; name them in files if it needs them\n`;
}

async function fromSources(request: Program, sources: readonly string[], folder: string): Promise<ObtainedProgram> {
  const { made, warnings, with: headers } = await compileSources(request, folder);
  const name = nameOfSources(sources);
  const scratch = scratchFolder('kconform-program-');
  try {
    const path = join(scratch, name);
    await writeFile(path, made, { mode: 0o755 });
    return { files: await collectFiles({ path, files: request.files ?? [], folder }), warnings, with: headers };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The program that a Makefile made, relative to the copy. */
function programOf({ folder, programs }: Built, { command, make }: Program): string {
  if (command !== undefined) return command;
  const target = join(make?.folder ?? '.', make?.target ?? '');
  if (statSync(join(folder, target), { throwIfNoEntry: false })?.isFile() === true) return target;
  const [first, second] = programs;
  if (first === undefined)
    throw programError(`make ${make?.target} made no program`, 'name the file to run: command, beside make');
  if (second === undefined) return first;
  const shown = programs.slice(0, 8);
  throw programError(
    `make ${make?.target} made ${programs.length} programs: ${shown.join(', ')}${programs.length > 8 ? ', …' : ''}`,
    'name the file to run: command, beside make',
  );
}
