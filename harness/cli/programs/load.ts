import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { type LoadedScenario, loadScenario } from '../../authors/scenarios.ts';
import type { Machine } from '../../machine/machine.ts';
import { inspect } from '../../scenario/programs/executable.ts';
import { programError } from '../../scenario/programs/faults.ts';
import type { Program } from '../../scenario/programs/program-request.ts';
import { programScenario } from '../../scenario/programs/program-scenario.ts';
import { programInFolder } from './folder.ts';
import { givenOptions, type ProgramOptions, requestOf } from './options.ts';

/** A file or folder of the command line. */
export interface Subject {
  readonly scenario: LoadedScenario;
  /** Paths of `program`, and of the machine that comments ask for, are relative to it. */
  readonly folder: string;
  /** undefined for a scenario of kconform's own forms. */
  readonly program: Program | undefined;
  /** What was found in a folder. */
  readonly found: string | undefined;
}

/**
 * The scenario or the program that a command line names. A file is a scenario by its ending (.ts, .sh, .c), unless an option
 * or argument is for a program, or its first line names another interpreter than sh.
 * @param machine what is known of the machine
 * @throws KC_PROGRAM, KC_CASE_BROKEN (case)
 */
export async function loadSubject(
  path: string,
  options: ProgramOptions,
  args: readonly string[],
  machine?: Machine,
): Promise<Subject> {
  if (!existsSync(path)) throw programError(`there is no file ${path}`, 'name a scenario, a program, or a folder');
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? resolve(path) : dirname(resolve(path));
  const request = requestOf(options, folder, args);
  if (isFolder) {
    const { request: program, found } = await programInFolder(folder, request);
    return { folder, program, found, scenario: await programScenario(program, { folder, machine }) };
  }
  const isOwn = givenOptions(options).length === 0 && args.length === 0 && (await isScenario(path));
  if (isOwn) return { folder, program: undefined, found: undefined, scenario: await loadScenario(path) };
  const program = ofFile(path, request, options);
  return { folder, program, found: undefined, scenario: await programScenario(program, { folder, machine }) };
}

async function isScenario(path: string): Promise<boolean> {
  const ending = extname(path);
  if (ending !== '.sh') return ending === '.ts' || ending === '.c';
  const what = await inspect(path).catch(() => undefined); // a scenario needs no first line, and says itself what is wrong with it
  return what === undefined || (what.kind === 'script' && ['sh', 'ash', 'dash'].includes(what.interpreter));
}

function ofFile(path: string, request: Program, options: ProgramOptions): Program {
  const ending = extname(path);
  if (ending === '.ts') {
    throw programError(
      `${path} is a scenario in TypeScript, which takes no arguments and no ${givenOptions(options)[0] ?? 'arguments'}`,
      'name a program, or a source in C',
    );
  }
  if (request.make !== undefined || request.command !== undefined)
    throw programError(
      `${path} is a file; --make and --command are for a folder`,
      `npx kconform repro ${dirname(path)} …`,
    );
  if (['.c', '.cc', '.cpp', '.cxx'].includes(ending))
    return { ...request, sources: [basename(path), ...(request.sources ?? [])] };
  if (request.sources !== undefined)
    throw programError(`${path} is not a source in C; --sources is for those`, 'name a source or a folder');
  return { ...request, command: basename(path) };
}
