import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, mergeMachines } from '../machine/machine.ts';
import { cScenario } from '../scenario/forms/c.ts';
import type { ProgramScenario } from '../scenario/forms/inputs.ts';
import type { Program } from '../scenario/programs/program-request.ts';
import { programScenario } from '../scenario/programs/program-scenario.ts';
import type { Found, FoundCommands, FoundProgram, FoundSelftest } from './found.ts';
import { refuseHostFiles, withoutWishes } from './host-files.ts';
import type { Need } from './needs.ts';
import { layOutSelftest } from './patch/selftest-tree.ts';
import { questionOf } from './session/judge-session.ts';
import { withMissingPrograms } from './session/missing-programs.ts';
import { sessionScenario } from './session/session-scenario.ts';
import { isOfUser } from './session/session-script.ts';
import { syzSetup } from './syzbot/setup.ts';
import type { CompileLine } from './text/compile-line.ts';
import { isLeftOut } from './text/known-commands.ts';
import { packagesOf } from './text/packages.ts';
import { withHeaders } from './text/parts.ts';
import { nameOfProgram, placesOf } from './text/runs-program.ts';

/** A part of a report, ready to run. */
export interface Reproducer {
  readonly scenario: ProgramScenario;
  /** The machine that the report asks for. */
  readonly machine: Machine;
  /** Whether leaks are the question. */
  readonly leaks: boolean;
  /** What is set up, by the program itself or on the machine. */
  readonly setUp: readonly string[];
  /** What a kernel needs for the bug to show. */
  readonly needs: readonly Need[];
  /** What the report had and a guest does not have. */
  readonly missing: readonly string[];
  /** How it is compiled, if it is. */
  readonly compiled: string | undefined;
  /** The commands that run, in order. */
  readonly commands: readonly string[];
  /** What is the question where no splat is: it follows "whether". */
  readonly question: string;
  /** How its file becomes a case; undefined where it needs more than a scenario or a program. */
  readonly asCase: CaseForm | undefined;
}

/** A scenario in C, or a program. */
export type CaseForm = { readonly scenario: string } | { readonly program: Program };

/** How a part of a report is run. */
export interface ReproducerSetting {
  /** An empty folder for the files that are made of it; their names are kconform's own. */
  readonly folder: string;
  /** What the command line says of the program: options of the compiler, arguments. */
  readonly request: Program;
  /** Whether the question is a splat. */
  readonly isSplatAsked: boolean;
  readonly signal: AbortSignal;
  progress(message: string): void;
}

/**
 * Makes a scenario of a part of a report. Nothing of it runs here; the compiler reads its source.
 * @throws KC_REPORT (case) for a source that reads files of this machine; as programScenario
 */
export function reproducerOf(found: Found, setting: ReproducerSetting): Promise<Reproducer> {
  if (found.kind === 'program') return ofProgram(found, setting);
  if (found.kind === 'selftest') return ofSelftest(found, setting);
  if (found.kind === 'script') return ofScript(found.text, setting);
  return ofCommands(found, setting);
}

const NOTHING = {
  machine: {},
  leaks: false,
  needs: [],
  setUp: [],
  missing: [],
  compiled: undefined,
  commands: [],
  question: 'the program fails, or the kernel misbehaves',
  asCase: undefined,
};

async function ofProgram(found: FoundProgram, setting: ReproducerSetting): Promise<Reproducer> {
  const { folder, request } = setting;
  const text = withoutWishes(found.text);
  refuseHostFiles(text, found.where);
  await writeFile(join(folder, 'report.c'), text);
  const { machine, leaks, missing, needs, own } = syzSetup(text);
  const { compile } = found;
  const common = { machine, leaks, needs, setUp: own, missing: [...missing, ...leftOutOf(compile)] };
  if (found.commands.length > 0) {
    const session = await ofCommands(found, setting, compile);
    return {
      ...session,
      ...common,
      machine: mergeMachines([machine, session.machine]),
      setUp: [...own, ...session.setUp],
      missing: [...common.missing, ...session.missing],
    };
  }
  const { flags = [], libraries = [] } = compile ?? {};
  const others = flags.filter((flag) => !/^-(?:O.*|W.*|w|g|pthread|static|std=gnu\d+)$/.test(flag));
  const otherLibraries = libraries.filter((name) => !['pthread', 'm', 'rt', 'dl', 'c'].includes(name));
  const isPlain = others.length + otherLibraries.length === 0 && Object.keys(request).length === 0;
  if (isPlain)
    return {
      ...NOTHING,
      ...common,
      scenario: await cScenario(join(folder, 'report.c')),
      compiled: 'as a reproducer',
      asCase: { scenario: 'report.c' },
    };
  const program: Program = {
    ...request,
    sources: ['report.c', ...(request.sources ?? [])],
    flags: request.flags ?? flags,
    libraries: request.libraries ?? libraries,
  };
  return {
    ...NOTHING,
    ...common,
    scenario: await programScenario(program, { folder }),
    compiled: compiledWith(program),
    asCase: { program },
  };
}

async function ofCommands(
  found: FoundProgram | FoundCommands,
  { folder, isSplatAsked }: ReproducerSetting,
  compile?: CompileLine,
): Promise<Reproducer> {
  const commands = found.commands.filter(({ text }) => !isLeftOut(text));
  const name = nameOfProgram(compile, commands);
  const places = name === undefined ? [] : placesOf(name, commands);
  const isCompiled = found.kind === 'program';
  // As for scenarios in C: reproducers map fixed addresses, where the heap of another static program may be.
  const others = (compile?.flags ?? []).filter((flag) => !/^-(?:static|f(?:no-)?pi[ec])$/i.test(flag));
  const request: Program = {
    sources: ['report.c'],
    flags: ['-static-pie', '-fPIE', ...others],
    libraries: compile?.libraries ?? [],
  };
  const program = isCompiled ? { request, places } : undefined;
  const scenario = await sessionScenario({ commands, isSplatAsked, ...(program && { program }) }, folder);
  const isMixed = commands.some(({ isOrdinary }) => isOrdinary) && !isOfUser(commands);
  return {
    ...NOTHING,
    scenario,
    setUp: isOfUser(commands) ? ['an ordinary user: user (1000)'] : [],
    missing: isMixed ? ['an ordinary user: commands behind "$" run as root too'] : [],
    compiled: isCompiled ? compiledWith(request) : undefined,
    commands: commands.map(({ text }) => text),
    question: questionOf(commands),
  };
}

async function ofScript(text: string, { folder, request }: ReproducerSetting): Promise<Reproducer> {
  await writeFile(join(folder, 'script'), withoutWishes(text), { mode: 0o755 });
  const packages = packagesOf(text);
  const machine = packages.length === 0 ? {} : { packages };
  const program: Program = { ...request, command: 'script' };
  const scenario = await programScenario(program, { folder, machine });
  return { ...NOTHING, machine, scenario: withMissingPrograms(scenario), asCase: { program } };
}

async function ofSelftest(found: FoundSelftest, setting: ReproducerSetting): Promise<Reproducer> {
  const text = withoutWishes(withHeaders(found.text, found.headers));
  if (!found.isScript) refuseHostFiles(text, found.where, true);
  const { program, folder, machine } = await layOutSelftest({ ...found, text }, setting);
  const scenario = await programScenario({ ...setting.request, ...program }, { folder });
  const own = found.isScript ? withMissingPrograms(scenario) : scenario;
  return { ...NOTHING, scenario: own, machine, compiled: found.isScript ? undefined : compiledWith(program) };
}

function leftOutOf(compile: CompileLine | undefined): string[] {
  const words = compile?.leftOut ?? [];
  return words.length === 0 ? [] : [`options of the compiler that name files: ${words.join(' ')}`];
}

function compiledWith({ flags = [], libraries = [] }: Program): string {
  return [...flags, ...libraries.map((name) => `-l${name}`)].join(' ');
}

/** What the machine of a report and its scenario ask for together. */
export function machineOfReproducer({ machine, scenario }: Reproducer): Machine {
  return mergeMachines([machine, scenario.machine]);
}
