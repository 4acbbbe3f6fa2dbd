import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { prepare } from '../../authors/prepared.ts';
import { KconformError } from '../../errors/error.ts';
import type { Outcome } from '../../expect/outcome.ts';
import { worthListing } from '../../expect/program/worth-listing.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { DEFAULT_MACHINE, isImage, type Machine, mergeMachines, withAbsolutePaths } from '../../machine/machine.ts';
import { proposeExpectation } from '../../report/text/cases/proposal.ts';
import { changeIncidentalValues } from '../../run/case/incidental-values.ts';
import { observe } from '../../run/case/observe.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { quote } from '../../scenario/api/guest.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { localHeaders } from '../../scenario/forms/c.ts';
import type { Program } from '../../scenario/programs/program-request.ts';
import { findDefaults, oneKernel } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { type MachineOptions, machineOf, machineOptions } from '../machine-options.ts';
import { acceleratorOption, kernelOption, positive, progressToStderr } from '../options.ts';
import { copyFiles, programFiles } from '../programs/case-files.ts';
import { argumentsOf, type ProgramOptions, programOptions } from '../programs/options.ts';
import { type LoadedReproducer, loadReproducer } from '../programs/reproducer.ts';

interface Options extends MachineOptions, ProgramOptions {
  readonly from: string;
  readonly kernel?: string;
  readonly accel?: Accelerator;
  readonly cases?: string;
  readonly part?: number;
}

export function addNewCommand(program: Command): void {
  programOptions(machineOptions(program.command('new')))
    .description('create a case from a scenario, a bug report or a program: run it and propose an expectation')
    .argument('<name>', 'the name of the new case: bpffs/my-case')
    .argument('[args...]', 'arguments of the program, behind --')
    .requiredOption(
      '--from <file>',
      'a scenario (.ts, .sh, .c), a bug report, a program, or a folder with sources or a Makefile',
    )
    .option('--part <number>', 'take this part of a report that has several', positive)
    .addOption(kernelOption())
    .addOption(acceleratorOption())
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
The scenario runs twice, in two guests with different pids, ids, inode and device numbers, and clocks. The values that both runs
observed are written to expect.ts, each with a place for its reason. Where the two differ, a matcher takes their place. A value
without a common matcher is left out: observe it in another way. A splat, leak or taint becomes a known bug.

Of a bug report, the program or the script becomes the case; the machine that it asks for and the splat that it quotes are written to
expect.ts. Name a kernel without the bug, or one on which the program ends.

Examples:
  npx kconform new bpffs/my-case --from report.c
  npx kconform new bpffs/my-case --from report.ts --kernel 6.12.57
  npx kconform new memory/scan --from report.eml --kernel 6.12.57
  npx kconform new agent/selftest --from ./my-agent -- --selftest`,
    )
    .action(newCommand);
}

async function newCommand(name: string, words: readonly string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const root = resolve(options.cases ?? (await findDefaults()).cases);
    const folder = folderOf(root, name);
    const asked = machineOf(options);
    await using subject = await loadReproducer({
      path: options.from,
      options,
      args: argumentsOf(words, process.argv),
      machine: asked,
      part: options.part,
      asked: undefined,
      signal,
      progress: progressToStderr,
    });
    const { scenario, report } = subject;
    if (subject.shown !== '') process.stderr.write(subject.shown);
    const program = programOf(subject, options.from);
    await scenario.compile?.();
    if (program === undefined) refuseRelativePaths(scenario.machine ?? DEFAULT_MACHINE, options.from);
    const files = await filesFor({ ...subject, program }, options.from);
    const spec = await oneKernel(options.kernel);
    const kernel = await resolveKernel(spec, { signal, progress: progressToStderr });
    const environment = await prepareEnvironment(kernel, options.accel, progressToStderr, signal);
    const machine = mergeMachines([
      (await findDefaults()).machine,
      withAbsolutePaths(scenario.machine ?? {}, (path) => resolve(subject.folder, path)),
      asked,
    ]);
    const source = await environment.guestsOf({ kernel, machine }, 'clone', progressToStderr, signal);
    const { limits } = environment;
    const once = async (arrange: (machine: GuestMachine) => Promise<void>): Promise<Outcome> => {
      await using prepared = await prepare(scenario);
      await using guest = await source.start(signal);
      await arrange(guest);
      const setting = { proof: source.proof, symbols: kernel.symbols, limits, limitMs: limits.scenarioMs, signal };
      const transcript = new Transcript();
      const seen = await observe(guest, prepared, { ...setting, leaks: false, transcript });
      if ('outcome' in seen && seen.failure === undefined) return seen.outcome;
      throw notObserved('outcome' in seen ? seen.failure : undefined);
    };
    const first = await once(async () => undefined);
    const second = await once((machine) => changeIncidentalValues(machine, limits, signal));
    const { text, leftOut } = proposeExpectation({
      typed: extname(options.from) === '.ts',
      version: kernel.version,
      machine: mergeMachines([report?.machine, asked]),
      program,
      first: listed(first.observations, program),
      second: listed(second.observations, program),
      quoted: subject.asked,
      splats: [...first.oracles.splats, ...second.oracles.splats],
    });
    await writeCase(folder, files, text);
    const written = [...files.names.map((file) => files.renamed.get(file) ?? file), 'expect.ts'];
    process.stdout.write(`${relative(process.cwd(), folder)}: ${written.join(', ')}\n`);
    for (const path of leftOut)
      process.stdout.write(`left out, as the values of two runs have no common matcher: ${path}\n`);
    const more = options.cases === undefined ? [] : ['--cases', options.cases];
    process.stdout.write(`npx kconform run ${quote([name, '--kernel', spec, ...more])}\n`);
    return 0;
  });
}

/** The program of the case; undefined for a scenario. @throws KC_NEW_CASE for a report that is more than a program */
function programOf({ program, report }: LoadedReproducer, from: string): Program | undefined {
  if (report === undefined) return program;
  if (report.asCase !== undefined) return 'program' in report.asCase ? report.asCase.program : undefined;
  throw refusal(
    `${from} contains commands or a test of the kernel's selftests, which do not become a case by themselves`,
    'write the commands to a file.sh, a line each, and make the case from that; selftests are suites (docs/suites.md)',
  );
}

/** Of a program, what differs from what is expected by rule. */
function listed(observations: Outcome['observations'], program: object | undefined): Outcome['observations'] {
  return program === undefined || observations === undefined ? observations : worthListing(observations);
}

function folderOf(root: string, name: string): string {
  if (!/^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)*$/i.test(name)) {
    throw refusal(`"${name}" is not a name for a case`, 'a name is words separated by slashes: bpffs/my-case');
  }
  const folder = join(root, name);
  if (existsSync(folder)) throw refusal(`${folder} already exists`, 'choose another name, or remove it');
  return folder;
}

/** The scenario is copied, and what its comments name beside it is not. */
function refuseRelativePaths({ files = [], disks = [] }: Machine, file: string): void {
  const relative = [...files, ...disks.filter(isImage)].find((path) => !path.startsWith('/'));
  if (relative === undefined) return;
  throw refusal(
    `a comment in ${file} names ${relative}, which would not be beside the case's scenario`,
    'write an absolute path, or leave the comment out and add files to machine in expect.ts afterwards',
  );
}

/** The files that the case needs beside its scenario: the headers of one in C. One in TypeScript that imports others is refused. */
async function neighboursOf(file: string): Promise<string[]> {
  if (extname(file) === '.c') {
    const headers = await localHeaders(file);
    const taken = headers.find((name) => name === 'scenario.c' || name === 'expect.ts');
    if (taken !== undefined) throw refusal(`${file} includes ${taken}, a name that the case needs itself`, 'rename it');
    return headers;
  }
  const text = await readFile(file, 'latin1');
  const neighbour = extname(file) === '.ts' ? /(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]/.exec(text)?.[1] : undefined;
  if (neighbour !== undefined)
    throw refusal(`${file} imports ${neighbour}, which the case does not contain`, 'move it in first');
  return [];
}

/** Files that the case gets. */
interface CaseFiles {
  /** Where they are. */
  readonly from: string;
  /** Relative to `from`, and to the case's folder unless they are renamed. */
  readonly names: readonly string[];
  readonly renamed: ReadonlyMap<string, string>;
}

async function filesFor({ program, folder, found, report }: LoadedReproducer, from: string): Promise<CaseFiles> {
  if (program !== undefined) {
    return { from: folder, names: await programFiles(program, folder, found !== undefined), renamed: new Map() };
  }
  // What a report includes was put into it.
  if (report !== undefined) {
    const own = report.asCase !== undefined && 'scenario' in report.asCase ? report.asCase.scenario : '';
    return { from: folder, names: [own], renamed: new Map([[own, `scenario${extname(own)}`]]) };
  }
  const own = basename(from);
  return {
    from: folder,
    names: [own, ...(await neighboursOf(from))],
    renamed: new Map([[own, `scenario${extname(from)}`]]),
  };
}

async function writeCase(folder: string, { from, names, renamed }: CaseFiles, expectation: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  try {
    const others = names.filter((name) => !renamed.has(name));
    await copyFiles(others, from, folder);
    for (const [name, to] of renamed) await copyFile(join(from, name), join(folder, to));
    await writeFile(join(folder, 'expect.ts'), expectation);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function notObserved(cause: KconformError | undefined): KconformError {
  const why = cause?.message ?? 'it was not run';
  return new KconformError(`the scenario did not finish, so no expectation can be written: ${why}`, {
    code: 'KC_NOT_OBSERVED',
    blame: cause?.blame ?? 'harness',
    hint: 'try a kernel on which it finishes (--kernel); npx kconform repro shows it live',
    evidence: cause?.evidence ?? {},
    cause,
  });
}

function refusal(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_NEW_CASE', blame: 'host', hint });
}
