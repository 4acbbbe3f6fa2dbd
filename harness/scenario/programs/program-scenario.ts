import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Machine, mergeMachines } from '../../machine/machine.ts';
import { machineInComments } from '../../machine/words.ts';
import { scenario } from '../api/scenario.ts';
import { hashInputs, type ProgramScenario } from '../forms/inputs.ts';
import { programObservations } from '../results/observations.ts';
import { inspect } from './executable.ts';
import { programError } from './faults.ts';
import { PROGRAM_FOLDER } from './guest-files.ts';
import { packagesFor } from './interpreters.ts';
import { checkRequest, type ObtainedProgram, obtainProgram } from './obtain.ts';
import type { Program } from './program-request.ts';
import { runInGuest } from './run.ts';

/** Where a program comes from, beside its request. */
export interface ProgramSetting {
  /** Paths of the request are relative to it. */
  readonly folder: string;
  /** The machine that it runs on, as far as it is known: its packages may bring the interpreter of a script. */
  readonly machine?: Machine | undefined;
}

/**
 * A scenario that runs a program of somebody else. It observes its exit code, the signal that ended it, its output, and what these
 * say: the status of the program and of each subtest, and problems.
 * @throws KC_PROGRAM (case) for a request that describes no program, or a file that no guest can run
 */
export async function programScenario(program: Program, { folder, machine }: ProgramSetting): Promise<ProgramScenario> {
  checkRequest(program);
  let obtained: Promise<ObtainedProgram> | undefined;
  const obtainOnce = () => {
    obtained ??= obtainProgram(program, folder).then((one) => withInterpreter(one, program, machine));
    return obtained;
  };
  const run = scenario(async (context) => {
    const { files, warnings } = await obtainOnce();
    if (warnings !== '') context.onNotice?.(warnings);
    const { args = [], env = {}, workdir = PROGRAM_FOLDER } = program;
    const { output, ...end } = await runInGuest({ files, args, env, workdir }, context);
    return programObservations(output, end, { convention: program.convention });
  });
  const asked = await machineInText(program, folder);
  const packages = await interpreterOf(program, folder, mergeMachines([machine, asked]));
  const compile = async () => (await obtainOnce()).with;
  // The archive has all bytes that are put into the guest; it is made once, so it is the one that runs.
  const inputs = async () => {
    const { archive, ...files } = (await obtainOnce()).files;
    return hashInputs([createHash('sha256').update(archive).digest('hex'), files, program]);
  };
  return { ...run, compile, inputs, machine: mergeMachines([asked, packages.length === 0 ? {} : { packages }]) };
}

/** What comments of the script or of the first source ask for: `# kconform: memory 1G`. */
async function machineInText({ command, sources, make }: Program, folder: string): Promise<Machine> {
  const name = make === undefined ? (sources?.[0] ?? command) : undefined;
  if (name === undefined) return {};
  const path = resolve(folder, name);
  const text = await readFile(path).catch(() => undefined); // what reads it next says that it is missing
  if (text === undefined || text.subarray(0, 4).toString('latin1') === '\x7fELF') return {};
  return machineInComments(text.toString('latin1'), path);
}

/** The packages that a script needs. What a Makefile makes is not known before it has run. */
async function interpreterOf(
  { command, make }: Program,
  folder: string,
  machine?: Machine,
): Promise<readonly string[]> {
  if (command === undefined || make !== undefined) return [];
  const path = resolve(folder, command);
  const what = await inspect(path);
  return what.kind === 'script' ? packagesFor(path, what.interpreter, machine?.packages) : [];
}

/** A Makefile may make a script: the packages for it must be there already. @throws KC_PROGRAM (case) */
function withInterpreter(obtained: ObtainedProgram, { make }: Program, machine?: Machine): ObtainedProgram {
  const { interpreter, path } = obtained.files;
  if (make === undefined || interpreter === undefined) return obtained;
  const there = machine?.packages ?? [];
  const missing = packagesFor(path, interpreter, there).filter((name) => !there.includes(name));
  if (missing.length === 0) return obtained;
  throw programError(
    `the Makefile made a script for ${interpreter}, which no guest has without a package`,
    `add it to the machine: packages: ['${missing.join("', '")}'], or --package ${missing.join(' ')}`,
  );
}
