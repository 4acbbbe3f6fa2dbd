import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { type PreparedScenario, prepare } from '../../authors/prepared.ts';
import type { LoadedScenario } from '../../authors/scenarios.ts';
import type { Need } from '../../bug-reports/needs.ts';
import type { AskedSplat } from '../../bug-reports/splat/asked-splat.ts';
import { splatInFile } from '../../bug-reports/splat/splat-in-file.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { resolveKernels } from '../../kernels/resolve.ts';
import { describeMachine } from '../../machine/describe.ts';
import { isDefaultMachine, type Machine, mergeMachines, withAbsolutePaths } from '../../machine/machine.ts';
import { exitCodeOfRuns, isReproduced, printAttempt, printTally } from '../../report/text/attempt.ts';
import { type KernelRuns, printKernelTable } from '../../report/text/kernel-table.ts';
import { observe, type ScenarioRun } from '../../run/case/observe.ts';
import { type Environment, type GuestSource, prepareEnvironment } from '../../run/environment.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { keepUp } from '../debug/keep.ts';
import { type DebugOptions, debugOptions, isDebugged, needOneGuest } from '../debug/options.ts';
import { DebugSession } from '../debug/session.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { type MachineOptions, machineOf, machineOptions } from '../machine-options.ts';
import { acceleratorOption, kernelsOption, positive, progressToStderr, symbolsOption } from '../options.ts';
import { absolute, withOutFolder } from '../out-folder.ts';
import { type FinishedRun, notForSearches, type RanFile, RunKeeper } from '../programs/keep-runs.ts';
import { argumentsOf, type ProgramOptions, programOptions } from '../programs/options.ts';
import { loadReproducer, withQuestion } from '../programs/reproducer.ts';
import { type SearchOptions, searchOptions } from '../schedule/options.ts';
import { askedSearch, searchSchedules } from '../schedule/search.ts';
import { printConsole } from '../session/console-lines.ts';

interface Options extends MachineOptions, ProgramOptions, DebugOptions, SearchOptions {
  readonly kernel?: readonly string[];
  readonly accel?: Accelerator;
  readonly keep?: true;
  readonly leaks?: true;
  readonly symbols?: true;
  readonly limit?: number;
  readonly transcript?: true;
  readonly splat?: string;
  readonly part?: number;
  readonly dryRun?: true;
  readonly repeat: number;
  readonly jobs?: number;
  readonly out?: string;
}

export function addReproCommand(program: Command): void {
  searchOptions(debugOptions(programOptions(machineOptions(program.command('repro')))))
    .description('run a scenario or a program in a guest and report whether the kernel misbehaves; no case is needed')
    .argument('<file>', 'a scenario (.ts, .sh, .c), a program, a folder with sources or a Makefile, or a bug report')
    .argument('[args...]', 'arguments of the program, behind --')
    .addOption(kernelsOption())
    .addOption(acceleratorOption())
    .option(
      '--repeat <count>',
      'run it this many times, each time in a new guest, and count how often it is reproduced',
      positive,
      1,
    )
    .option('--jobs <count>', 'run this many guests at once (default: 1; for --search: one per core)', positive)
    .option('--limit <seconds>', 'stop the scenario after this time (default: 30, under emulation 60)', positive)
    .option(
      '--splat <file>',
      'count only the splat that this file quotes as reproduced: a mail, a log, the text of a page',
    )
    .option('--dry-run', 'show what a report contains and how it would be run; run nothing')
    .option('--part <number>', 'run this part of a report that has several', positive)
    .option('--leaks', 'scan for memory leaks afterwards, if the kernel has kmemleak (about 6 s)')
    .addOption(symbolsOption())
    .option('--out <folder>', 'write results and logs to this folder, with the reproducer: for evidence and mail')
    .option('--transcript', 'print all calls and results at the end')
    .option(
      '--keep',
      'keep the guest running until a key is pressed; with --repeat, keep the first guest that reproduced it',
    )
    .addHelpText(
      'after',
      `
The output of the scenario goes to stdout while it runs, the console of the kernel to stderr. With several kernels, a table of the
results and of what differs between the kernels is printed at the end.

Examples:
  npx kconform repro report.c
  npx kconform repro report.sh --kernel 6.12.43 --kernel 6.12.57
  npx kconform repro race.c --repeat 50 --jobs 2
  npx kconform repro report.eml --dry-run
  npx kconform repro report.eml --kernel 6.12.43 --kernel 6.12.57
  npx kconform repro report.eml --kernel 6.12.43..6.12.57 --out out
  npx kconform repro race.c --splat report.eml
  npx kconform repro report.ts --keep
  npx kconform repro report.c --stop-at splat --backtraces
  npx kconform repro race.c --search 500
  npx kconform repro race.c --schedule 17
  npx kconform repro ./my-agent --kernel 6.12.43 --kernel ./vendor.rpm -- --selftest
  npx kconform repro ./folder --make agent --beside testdata

A bug report is a mail, a transcript, a reproducer of syzkaller in C, a patch that adds a selftest, or another text with a program
(docs/bug-reports.md). Where a report quotes a splat, or --splat names one, reproduced means that the kernel prints it: a splat of the same kind, in
the same functions. After another splat, or a scenario that fails without it, the question is open: exit code 2.

Exit codes: 0 not reproduced; 1 reproduced: the kernel misbehaved, or the scenario failed (exit code, signal, a failed
subtest or an unfulfilled plan in KTAP, TAP, LTP, GoogleTest or test_progs output); 2 undetermined: the scenario does not compile, a
program is missing (exit code 126 or 127), every run was skipped, or the host failed; 130 interrupted.`,
    )
    .action(reproCommand);
}

function nameOf(kernel: Kernel, machine: Machine): string {
  return isDefaultMachine(machine) ? kernel.version : `${kernel.version} [${describeMachine(machine)}]`;
}

/** One scenario on one kernel. */
interface Reproduction {
  readonly kernel: Kernel;
  readonly scenario: LoadedScenario;
  readonly environment: Environment;
  readonly source: GuestSource;
  readonly machine: Machine;
  /** The splat that is the question. */
  readonly asked: AskedSplat | undefined;
  /** Leaks are the question of the report. */
  readonly leaks: boolean;
  /** What a kernel needs for the bug to show. */
  readonly needs: readonly Need[];
  readonly options: Options;
  readonly signal: AbortSignal;
  readonly debug?: DebugSession | undefined;
}

async function reproCommand(file: string, words: readonly string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const defaults = await findDefaults();
    const wanted = mergeMachines([defaults.machine, machineOf(options)]);
    await using reproducer = await loadReproducer({
      path: file,
      options,
      args: argumentsOf(words, process.argv),
      machine: wanted,
      part: options.part,
      asked: options.splat === undefined ? undefined : await splatInFile(options.splat),
      signal,
      progress: progressToStderr,
    });
    const { scenario, folder, asked, shown } = reproducer;
    (options.dryRun === true ? process.stdout : process.stderr).write(shown);
    const machine = mergeMachines([
      defaults.machine,
      withAbsolutePaths(scenario.machine ?? {}, (path) => resolve(folder, path)),
      machineOf(options),
    ]);
    const search = askedSearch(scenario, file, options, machine);
    const out = absolute(options.out);
    if (out !== undefined && search !== undefined) throw notForSearches();
    await scenario.compile?.();
    if (options.dryRun === true) return 0;
    const ran = { name: basename(resolve(file)), argument: file };
    const keeping = out === undefined ? undefined : { out, file: { ...ran, source: await reproducer.source() } };
    const specs = options.kernel ?? defaults.kernels;
    const kernels = await resolveKernels(specs, {
      signal,
      progress: progressToStderr,
      symbols: options.symbols === true || isDebugged(options),
    });
    await needOneGuest({ ...options, jobs: options.jobs ?? 1 }, kernels.length);
    const question = { scenario, machine, asked, leaks: reproducer.leaks, needs: reproducer.needs, options, signal };
    const byKernel = await withOutFolder(out, () => {
      if (search === undefined) return onKernels(kernels, question, keeping);
      return inTurn(kernels, (kernel) => {
        const name = nameOf(kernel, search.machine);
        return searchSchedules({ ...search, kernel, name, asked, signal });
      });
    });
    if (byKernel.length > 1) process.stdout.write(printKernelTable(byKernel));
    return exitCodeOfRuns(byKernel.flatMap(({ runs }) => runs));
  });
}

async function inTurn(
  kernels: readonly Kernel[],
  runOn: (kernel: Kernel) => Promise<readonly ScenarioRun[]>,
): Promise<KernelRuns[]> {
  const byKernel: KernelRuns[] = [];
  for (const kernel of kernels) byKernel.push({ version: kernel.version, runs: await runOn(kernel) });
  return byKernel;
}

/** @param keeping where the results go */
async function onKernels(
  kernels: readonly Kernel[],
  question: Omit<Reproduction, 'kernel' | 'environment' | 'source'>,
  keeping: { readonly out: string; readonly file: RanFile } | undefined,
): Promise<KernelRuns[]> {
  const { machine, options, signal } = question;
  let environment: Environment | undefined;
  let keeper: RunKeeper | undefined;
  const byKernel = await inTurn(kernels, async (kernel) => {
    environment ??= await prepareEnvironment(kernel, options.accel, progressToStderr, signal);
    if (keeping !== undefined) keeper ??= await RunKeeper.begin(keeping.out, keeping.file, environment.host);
    const source = await environment.guestsOf({ kernel, machine }, 'clone', progressToStderr, signal);
    const runs = await reproduce({ ...question, kernel, environment, source });
    await keeper?.add({ kernel, machine, packages: source.packages }, runs);
    return runs.map(({ seen }) => seen);
  });
  await keeper?.end(signal.aborted);
  return byKernel;
}

/** As often as asked, some at once; ends at the first hit when its guest is to be kept. */
async function reproduce(reproduction: Reproduction): Promise<FinishedRun[]> {
  const { kernel, options, signal } = reproduction;
  const { repeat, keep } = options;
  const name = nameOf(kernel, reproduction.machine);
  const all: FinishedRun[] = [];
  let begun = 0;
  let kept = false;
  const work = async () => {
    while (begun < repeat && !signal.aborted && !kept) {
      const number = ++begun;
      await using prepared = await prepare(reproduction.scenario);
      await using machine = await reproduction.source.start(signal);
      if (keep === true) await machine.qemu.stayAfterEnd();
      await using debug = isDebugged(options) ? await DebugSession.open(machine, kernel, options, signal) : undefined;
      const transcript = new Transcript();
      const startedAt = performance.now();
      const seen = await attempt(machine, prepared, { ...reproduction, debug }, number, transcript);
      all.push({ seen, transcript: transcript.text(), durationMs: performance.now() - startedAt });
      if (debug?.wasStopped === true) begun = repeat; // it is what was waited for
      if (options.transcript === true) process.stdout.write(transcript.text());
      process.stdout.write(printAttempt(name, seen, repeat === 1 ? undefined : number));
      // A guest that was stopped was looked into already.
      const mayKeep = keep === true && !kept && debug?.wasStopped !== true;
      if (mayKeep && !signal.aborted && (repeat === 1 || isReproduced(seen))) {
        kept = true;
        await keepUp(machine, kernel);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs ?? 1, repeat) }, work));
  if (repeat > 1)
    process.stdout.write(
      printTally(
        name,
        all.map(({ seen }) => seen),
      ),
    );
  return all;
}

async function attempt(
  machine: GuestMachine,
  prepared: PreparedScenario,
  reproduction: Reproduction,
  number: number,
  transcript: Transcript,
): Promise<ScenarioRun> {
  const { debug, environment, kernel, options, signal, source } = reproduction;
  using _following = printConsole(machine, (options.jobs ?? 1) === 1 ? 'console' : `console ${number}`);
  const observed = await observe(machine, debug?.watch(prepared) ?? prepared, {
    proof: source.proof,
    symbols: kernel.symbols,
    limits: environment.limits,
    limitMs: options.limit === undefined ? environment.limits.scenarioMs : options.limit * 1000,
    leaks: options.leaks === true || reproduction.leaks,
    signal: debug?.signal ?? signal,
    transcript,
    onOutput: (bytes) => process.stdout.write(bytes),
    onNotice: (text) => process.stderr.write(`${text.trimEnd()}\n`),
  });
  const finished = debug === undefined ? observed : await debug.finish(observed);
  const seen = await withQuestion(finished, reproduction, kernel);
  if ('unmet' in seen || seen.failure !== undefined) return seen;
  return { ...seen, failure: await prepared.unawaited() };
}
