import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { programError } from '../../scenario/programs/faults.ts';
import type { Program } from '../../scenario/programs/program-request.ts';

/** What makes a program of a folder. */
export interface FoundProgram {
  readonly request: Program;
  /** For a message: `a Makefile, target all`. */
  readonly found: string;
}

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const SOURCES = ['.c', '.cc', '.cpp', '.cxx'];

/**
 * Finds the program of a folder: by its Makefile, else by its sources, else by the one file that can be executed.
 * @param given what the options say already
 * @throws KC_PROGRAM (case) where there is none, or where there are several
 */
export async function programInFolder(folder: string, given: Program): Promise<FoundProgram> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  if (given.sources !== undefined) return { request: given, found: `sources ${given.sources.join(', ')}` };
  if (given.make !== undefined) return { request: given, found: `a Makefile, target ${given.make.target}` };
  if (given.command !== undefined) return { request: withFolder(given), found: `the program ${given.command}` };
  if (entries.length === 0)
    throw programError(`${folder} is empty`, 'a program is a file, or a folder with sources or a Makefile');
  if (names.includes('expect.ts')) throw programError(`${folder} is a case`, `to run it: npx kconform run ${folder}`);
  const makefile = MAKEFILES.find((name) => names.includes(name));
  if (makefile !== undefined) {
    const target = await defaultTarget(join(folder, makefile));
    return { request: { ...given, make: { target } }, found: `a Makefile, of which the target ${target} is made` };
  }
  const sources = names.filter((name) => SOURCES.includes(extname(name)));
  if (sources.length > 0) return fromSources(folder, sources, given);
  return fromExecutables(folder, names, given);
}

/** The target that make(1) makes without a word. */
async function defaultTarget(makefile: string): Promise<string> {
  const text = await readFile(makefile, 'utf8');
  const goal = /^\.DEFAULT_GOAL\s*:?=\s*(\S+)/m.exec(text)?.[1] ?? /^([\w/-][\w./-]*)\s*:(?![:=])/m.exec(text)?.[1];
  if (goal !== undefined) return goal;
  throw programError(`${makefile} names no target in its text`, 'name one: --make TARGET');
}

async function fromSources(folder: string, sources: readonly string[], given: Program): Promise<FoundProgram> {
  const withMain: string[] = [];
  for (const name of sources) {
    if (/^(?:[\w*]+\s+)*main\s*\(|^TEST_HARNESS_MAIN\b/m.test(await readFile(join(folder, name), 'latin1')))
      withMain.push(name);
  }
  const [first, second] = withMain;
  if (second !== undefined) {
    throw programError(
      `${folder} has ${withMain.length} sources with a main function: ${withMain.join(', ')}`,
      `name the sources of one program: --sources ${join(folder, second)}`,
    );
  }
  const ordered = first === undefined ? sources : [first, ...sources.filter((name) => name !== first)];
  return {
    request: { ...given, sources: ordered },
    found: `${sources.length === 1 ? 'a source' : 'sources'}: ${ordered.join(', ')}`,
  };
}

async function fromExecutables(folder: string, names: readonly string[], given: Program): Promise<FoundProgram> {
  const programs: string[] = [];
  for (const name of names) if (((await stat(join(folder, name))).mode & 0o111) !== 0) programs.push(name);
  const [command, second] = programs;
  if (command === undefined) {
    throw programError(
      `${folder} has no Makefile, no source in C and no file that can be executed`,
      'chmod +x the program, or name its file',
    );
  }
  if (second === undefined) return { request: withFolder({ ...given, command }), found: `the program ${command}` };
  throw programError(
    `${folder} has ${programs.length} files that can be executed: ${programs.slice(0, 8).join(', ')}${programs.length > 8 ? ', …' : ''}`,
    `name one: npx kconform repro ${join(folder, command)}`,
  );
}

/** What is beside a program in its folder may belong to it. */
function withFolder(request: Program): Program {
  return { ...request, files: ['.:.', ...(request.files ?? [])] };
}
