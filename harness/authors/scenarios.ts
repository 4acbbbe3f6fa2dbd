import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import type { Machine } from '../machine/machine.ts';
import { machineInComments } from '../machine/words.ts';
import { cScenario } from '../scenario/forms/c.ts';
import type { ProgramScenario } from '../scenario/forms/inputs.ts';
import { shellScenario } from '../scenario/forms/shell.ts';
import { AuthorCompiler, type Compiled } from './compile.ts';

/** A scenario in TypeScript: compiled, and not loaded before it is prepared, in a process of its own. */
export interface TypeScriptScenario {
  readonly kind: 'typescript';
  readonly compiled: Compiled;
  /** It was compiled when it was found. */
  readonly compile?: undefined;
  /** The machine that its comments ask for. */
  readonly machine: Machine;
}

/** One in shell or C runs no code of its author on the host. */
export type LoadedScenario = ProgramScenario | TypeScriptScenario;

/** By the ending of a file's name, what makes a scenario of it. */
const FORMS: Readonly<Record<string, (file: string, compiler: Compiler) => Promise<LoadedScenario>>> = {
  '.ts': typescriptScenario,
  '.sh': shellScenario,
  '.c': cScenario,
};

/** What the scenario of a case may be called. */
export const SCENARIO_FILES: readonly string[] = Object.keys(FORMS).map((ending) => `scenario${ending}`);

type Compiler = Pick<AuthorCompiler, 'compile'>;

/**
 * The scenario in a file: TypeScript, shell or C by the ending of its name. The file need not stand in a case's folder.
 * @param compiler where other files are compiled too
 * @throws KC_CASE_BROKEN (case) when it is none
 */
export async function loadScenario(file: string, compiler?: Compiler): Promise<LoadedScenario> {
  const make = FORMS[extname(file)];
  if (make === undefined) throw broken(`${file} is not a scenario: they are ${Object.keys(FORMS).join(', ')} files`);
  if (!(await isFile(file))) throw broken(`there is no file ${file}`);
  return make(file, compiler ?? (await AuthorCompiler.create()));
}

/** The scenario of a case's folder, which has just one of scenario.ts, scenario.sh and scenario.c. @throws KC_CASE_BROKEN (case) */
export async function loadScenarioOf(folder: string, compiler?: Compiler): Promise<LoadedScenario> {
  const there: string[] = [];
  for (const name of SCENARIO_FILES) if (await isFile(join(folder, name))) there.push(name);
  const [name] = there;
  if (name === undefined) throw broken(`there is no scenario in ${folder}: neither ${SCENARIO_FILES.join(' nor ')}`);
  if (there.length > 1) throw broken(`there is more than one scenario in ${folder}: ${there.join(' and ')}`);
  return loadScenario(join(folder, name), compiler);
}

async function typescriptScenario(file: string, compiler: Compiler): Promise<TypeScriptScenario> {
  const compiled = await compiler.compile(file);
  const machine = machineInComments(await readFile(file, 'utf8'), file);
  if (compiled.exports.includes('default')) return { kind: 'typescript', compiled, machine };
  throw broken(`${file} has no default export made by scenario(…)`);
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

function broken(message: string): KconformError {
  return new KconformError(message, { code: 'KC_CASE_BROKEN', blame: 'case' });
}
