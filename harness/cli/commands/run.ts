import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { BOOT } from '../../expect/judge/boot.ts';
import { exitCodeOf, withStrictSkips } from '../../expect/outcome.ts';
import { type PlannedKernel, planKernels, type ResolveOptions } from '../../kernels/resolve.ts';
import { machineOptionsOf } from '../../machine/describe.ts';
import { mergeMachines } from '../../machine/machine.ts';
import { outputsFor } from '../../report/formats/outputs.ts';
import { TerminalReporter } from '../../report/text/terminal.ts';
import { printUnbuilt } from '../../report/text/unbuilt.ts';
import { EarlierResults } from '../../run/results/earlier-results.ts';
import { ResultsReporter } from '../../run/results/results.ts';
import { run } from '../../run/run.ts';
import { comparisonExitCode } from '../../series/compare.ts';
import { BaselineReporter, readBaseline } from '../baseline.ts';
import { chosenCases } from '../chosen-cases.ts';
import { debugCase } from '../debug/debug-case.ts';
import { type DebugOptions, debugOptions, isDebugged } from '../debug/options.ts';
import { type Defaults, findDefaults } from '../defaults.ts';
import { inputsFor } from '../inputs.ts';
import { withInterruption } from '../interruption.ts';
import { type MachineOptions, machineOf, machineOptions } from '../machine-options.ts';
import { offerToBuild } from '../offer-build.ts';
import { acceleratorOption, kernelsOption, positive, progressToStderr, symbolsOption } from '../options.ts';
import { absolute, withOutFolder } from '../out-folder.ts';
import { type RacesChoice, racesOption } from '../races.ts';
import { reportHelp, reportOption } from '../report-option.ts';
import { type ReuseChoice, reuseOf, reuseOption } from '../reuse-options.ts';
import { type DeterministicOption, scheduleOptions, withSeed } from '../schedule/options.ts';
import { kconformVersion } from '../version.ts';

interface Options extends MachineOptions, DeterministicOption, ReuseChoice, RacesChoice, DebugOptions {
  readonly kernel?: readonly string[];
  readonly out?: string;
  readonly report?: readonly string[];
  readonly accel?: 'kvm' | 'tcg';
  readonly isolation?: 'clone' | 'cold';
  readonly jobs?: number;
  readonly leaks?: true;
  readonly symbols?: true;
  readonly build?: true;
  readonly retry?: true;
  readonly strictSkips?: true;
  readonly baseline?: string;
  readonly resume?: string;
  readonly shard?: string;
  readonly shardDurations?: string;
  readonly source?: string;
  readonly cases?: string;
}

export function addRunCommand(program: Command): void {
  debugOptions(racesOption(reuseOption(scheduleOptions(machineOptions(program.command('run'))))))
    .description('run cases on kernels and print verdicts')
    .argument(
      '[case...]',
      "names or groups of cases (bpffs/mount-owner, bpffs), or paths of folders; '(boot)' judges only the boot (default: all)",
    )
    .addOption(kernelsOption())
    .option(
      '--out <folder>',
      'write results.json, console logs and transcripts to this folder during the run, and replace those of an earlier run',
    )
    .addOption(reportOption('--report'))
    .addOption(acceleratorOption())
    .addOption(
      new Option(
        '--isolation <kind>',
        'clone: start each case in a copy of a booted guest; cold: boot a guest for each case (default: clone)',
      ).choices(['clone', 'cold']),
    )
    .option('--build', 'build missing kernels such as 6.12+debug (about 10 minutes each)')
    .option('--leaks', 'scan for memory leaks after each case, if the kernel has kmemleak (about 6 s each)')
    .addOption(symbolsOption())
    .option('--jobs <count>', 'run this many guests at once (default: one per core, as memory allows)', positive)
    .option('--strict-skips', 'fail the run for skips of programs and subtests that no expectation lists')
    .option('--retry', 'repeat cases with an unexpected verdict, in a new clone and in a newly booted guest')
    .option(
      '--baseline <file>',
      'compare with these results, retry, and fail only for regressions and for new cases with FAIL, XPASS or ERROR',
    )
    .option(
      '--resume <folder>',
      'continue the run in this folder, or start it if there is none; with --out, write all results there instead',
    )
    .option(
      '--shard <part>',
      'run one part of the run, such as 2/4 (default: the part that the CI system names, else all); see kconform merge',
    )
    .option(
      '--shard-durations <file>',
      'balance the parts with the durations in this results.json; all parts need the same file',
    )
    .option('--source <version>', 'build the tests of a suite from this version of its source (default: the newest)')
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
Examples:
  npx kconform run
  npx kconform run bpffs/mount-owner --kernel 6.12.57
  npx kconform run --kernel 6.12.43 --kernel 6.12.57 --kernel 6.12.117 --out out
  npx kconform run --baseline yesterday --out today
  npx kconform run --resume today
  npx kconform run --reuse --recheck 2%
  npx kconform run --races --kernel 6.12.96
  npx kconform run epoll/zero-timeout --kernel 6.12.96 --schedule 17
  npx kconform run --kernel published:6.12 --shard 2/4 --out part-2
  npx kconform run --kernel 6.12 --report junit=junit.xml --report html=report.html
  npx kconform run bpffs/mount-owner --stop-at end --gdb
  npx kconform run ./my-cases --kernel ~/linux/arch/x86/boot/bzImage

${reportHelp()}

kconform.config.ts in this folder or a folder above it can set the cases, the kernels and other options.`,
    )
    .action(runCommand);
}

async function runCommand(names: string[], given: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const defaults = await findDefaults();
    const options = withSeed(withAbsolutePaths(given), progressToStderr);
    if (isDebugged(options)) {
      const { cases, source, accel = defaults.accel } = options;
      const races = options.races ? 'only' : 'named';
      const chosen = await chosenCases(names, { cases, source, machine: machineOf(options), signal, races });
      return debugCase(chosen, options.kernel ?? defaults.kernels, { ...options, accel }, signal);
    }
    const out = options.out ?? options.resume ?? absolute(defaults.out);
    return withOutFolder(out, () => runCases(names, options, defaults, out, signal));
  });
}

async function runCases(
  names: string[],
  options: Options,
  defaults: Defaults,
  out: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  // Read before anything is run: a name that is wrong costs no run.
  const compare = options.baseline === undefined ? undefined : await readBaseline(options.baseline);
  const outputs = outputsFor(options.report ?? [], process.stdout, { compare });
  const told = outputs.takesStdout ? process.stderr : process.stdout;
  const baseline = compare === undefined ? undefined : new BaselineReporter(compare, told);
  const terminal = new TerminalReporter(told);
  const progress = (message: string) => terminal.on({ type: 'progress', message });
  const parts = await loadParts(options, progress);
  if (options.resume !== undefined && out !== options.resume) progress(`the results go on in ${out}`);
  const planned = parts.planned;
  const wanted = names.length > 0 ? names : (planned?.cases ?? []);
  const named = wanted.filter((name) => name !== BOOT);
  // The boot is judged in any case, and alone where nothing else is named.
  const machine = machineOf(options);
  const bootMachine = mergeMachines([defaults.machine, machine]);
  const unbuilt: string[] = [];
  const onUnbuilt = (tests: readonly string[]) => void unbuilt.push(...tests);
  const cases =
    wanted.length > 0 && named.length === 0
      ? []
      : await chosenCases(named, {
          cases: options.cases,
          source: options.source,
          machine,
          signal,
          races: options.races ? 'only' : 'named',
          onUnbuilt,
        });
  const boot = defaults.boot ?? {};
  const build = async (spec: string) => options.build === true || (await offerToBuild(spec, signal));
  const resolving = { signal, progress, build, symbols: options.symbols === true };
  const kernels =
    options.kernel === undefined && parts.kernelsOfPlan !== undefined
      ? await parts.kernelsOfPlan(resolving)
      : await planKernels(options.kernel ?? defaults.kernels, resolving);
  const inputs = out === undefined && baseline === undefined ? undefined : await inputsFor(cases, boot, bootMachine);
  const judged = parts.judged(kernels, inputs);
  const results = await run({
    kernels,
    cases,
    ...(inputs === undefined ? {} : { inputs }),
    boot,
    machine: bootMachine,
    accelerator: options.accel ?? defaults.accel,
    isolation: options.isolation ?? defaults.isolation ?? 'clone',
    jobs: options.jobs ?? defaults.jobs,
    leaks: options.leaks ?? defaults.leaks ?? false,
    retry: options.retry === true || baseline !== undefined,
    reuse: reuseOf(options, false),
    ...(parts.shard === undefined ? {} : { shard: parts.shard }),
    ...(parts.shardDurations === undefined ? {} : { shardDurations: parts.shardDurations }),
    judged,
    version: kconformVersion(),
    ownOptions: ownOptions(options),
    reporters: [
      ...(out === undefined || out === options.resume ? [] : [new EarlierResults(out, progress)]),
      ...(out === undefined ? [] : [new ResultsReporter(out, judged)]),
      terminal,
      ...(baseline === undefined ? [] : [baseline]),
      ...outputs.reporters,
    ],
    signal,
  });
  if (unbuilt.length > 0) told.write(`${printUnbuilt(unbuilt).join('\n')}\n`);
  if (results.length === 0 && parts.shard !== undefined) return 0; // a part may be left without a case
  const code = baseline?.comparison === undefined ? exitCodeOf(results) : comparisonExitCode(baseline.comparison);
  return options.strictSkips === true ? withStrictSkips(code, results) : code;
}

/** Resolved before a file of an author is loaded, which may change the current folder. */
function withAbsolutePaths(options: Options): Options {
  const { out, resume, baseline, shardDurations } = options;
  return {
    ...options,
    ...(out === undefined ? {} : { out: resolve(out) }),
    ...(resume === undefined ? {} : { resume: resolve(resume) }),
    ...(baseline === undefined ? {} : { baseline: resolve(baseline) }),
    ...(shardDurations === undefined ? {} : { shardDurations: resolve(shardDurations) }),
  };
}

/** What part of a run this is, and what an earlier one has done of it. */
async function loadParts({ resume, shard, shardDurations }: Options, progress: (message: string) => void) {
  const loaded = await import('../run-parts.ts');
  const resumed = resume === undefined ? undefined : await loaded.resumeFrom(resume, progress);
  const planned = resumed?.planned;
  const own = planned === undefined ? loaded.shardFor(shard) : loaded.resumedShard(planned.shard, shard);
  if (own !== undefined) progress(`part ${own.index} of ${own.count}`);
  return {
    judged: (kernels: readonly PlannedKernel[], inputs: Readonly<Record<string, string>> | undefined) =>
      resumed === undefined ? [] : loaded.stillTrue(resumed, kernels, inputs ?? {}, progress),
    planned,
    shard: own,
    shardDurations: shardDurations === undefined ? undefined : await loaded.readShardDurations(shardDurations),
    kernelsOfPlan: planned && ((options: ResolveOptions) => loaded.kernelsOfPlan(planned, options)),
  };
}

/** Those that must be given again to see a case as it was seen; the configuration is found again. */
function ownOptions({ cases, accel, isolation, leaks, symbols, ...options }: Options): string[] {
  return [
    ...(cases === undefined ? [] : ['--cases', cases]),
    ...(accel === undefined ? [] : ['--accel', accel]),
    ...(isolation === undefined ? [] : ['--isolation', isolation]),
    ...(leaks === undefined ? [] : ['--leaks']),
    ...(symbols === undefined ? [] : ['--symbols']),
    ...machineOptionsOf(machineOf(options)),
  ];
}
