import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { readBuiltSpec } from '../../kernels/build/built.ts';
import { profileOfConfig } from '../../kernels/build/profile.ts';
import type { AptOptions } from '../../kernels/debian/apt.ts';
import { checkedOut, hasUncommitted, patchesOf } from '../../kernels/patches/git-tree.ts';
import { type Patch, type PatchSeries, readPatches, readPatchText } from '../../kernels/patches/read-patches.ts';
import { plain } from '../../report/text/text.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults, oneKernel } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { judgeKernels } from '../judge-series.ts';
import { type MachineOptions, machineOf, machineOptions } from '../machine-options.ts';
import { acceleratorOption, collect, positive, progressToStderr } from '../options.ts';
import { absolute } from '../out-folder.ts';
import { type LoadedReproducer, loadReproducer } from '../programs/reproducer.ts';
import { freshOption, type ReuseChoice } from '../reuse-options.ts';
import { type BothKernels, buildBoth } from '../try/build-both.ts';
import { casesTouching, printChosen, withoutRaces } from '../try/choose-cases.ts';
import { tryScenario } from '../try/scenario.ts';
import { hashOf, writeTried } from '../try/tried.ts';
import { judgePatch, type PatchVerdict } from '../try/verdict.ts';

interface Options extends MachineOptions, ReuseChoice {
  readonly kernel?: string;
  readonly tree?: string;
  readonly range?: string;
  readonly config?: string;
  readonly profile: string;
  readonly case?: readonly string[];
  readonly scenario?: string;
  readonly part?: number;
  readonly repeat: number;
  readonly accel?: Accelerator;
  readonly jobs?: number;
  readonly leaks?: true;
  readonly symbols?: true;
  readonly out?: string;
  readonly cases?: string;
}

export function addTryCommand(program: Command): void {
  freshOption(machineOptions(program.command('try')))
    .description('build a kernel without and with patches, run cases on both, and print what the patches change')
    .argument('[patch...]', 'files with patches: git format-patch, a mailbox, the output of b4 am, a diff')
    .option('--kernel <version>', 'the published source to patch: 6.12 (newest), 6.12.118 (default: 6.12)')
    .option('--tree <folder>', 'patch the HEAD of this git tree instead; nothing is written into it')
    .option(
      '--range <commits>',
      'with --tree: take the patches from these commits, A..B, and patch A; with --kernel, patch that kernel',
    )
    .option('--config <file>', 'build with this configuration (.config) instead of a profile')
    .option('--profile <name>', 'the build profile: debug, kasan, nobtf or plain (images/kernels/profiles)', 'debug')
    .option(
      '--case <name>',
      'run this case or group of cases; repeatable (default: those that concern the changed files)',
      collect,
    )
    .option('--scenario <file>', 'run this scenario (.ts, .sh, .c) or bug report instead of cases')
    .option('--part <number>', 'with --scenario: run this part of a report that has several', positive)
    .option('--repeat <count>', 'with --scenario: run it this many times on each kernel', positive, 1)
    .option('--leaks', 'with --scenario: scan for memory leaks afterwards')
    .option('--symbols', 'keep the debug information of the patched kernel, for file and line in its splats (250 MB)')
    .addOption(acceleratorOption())
    .option('--jobs <count>', 'run this many guests at once (default: one per core, as memory allows)', positive)
    .option('--out <folder>', 'write the results of both kernels to this folder')
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
The patches are applied to a copy of the files that they name. The first build of a profile takes about 10 minutes, later ones
compile what a patch changes. Selftests that a patch brings along are not applied and not run.

Examples:
  npx kconform try fix.patch
  npx kconform try series.mbox --kernel 6.12.118 --case bpffs --case token
  npx kconform try 0001-*.patch 0002-*.patch --scenario report.c --repeat 5
  npx kconform try fix.patch --scenario report.eml
  npx kconform try fix.patch --profile kasan
  npx kconform try --tree ~/linux --range origin/master..HEAD
  npx kconform try fix.patch --tree ~/linux --config ~/linux/.config

Exit codes: 0 no regression, or the scenario is not reproduced with the patches; 1 a regression, or the scenario is reproduced with
the patches; 2 undetermined: a patch does not apply or build, changes no code of this kernel, no case concerns its files, or a case
was an ERROR; 130 interrupted.`,
    )
    .action(tryCommand);
}

async function tryCommand(files: readonly string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const { patches, leftOut, base } = await wantedPatches(files, options, signal);
    for (const line of leftOut) progressToStderr(plain(line));
    for (const patch of patches) process.stdout.write(`${describePatch(patch)}\n`);
    await using subject =
      options.scenario === undefined ? undefined : await loadScenario(options.scenario, options, signal);
    const run =
      subject === undefined ? await casesRun(patches, options, signal) : await scenarioRun(subject, options, signal);
    const tools = { signal, progress: progressToStderr };
    const wanted = await wantedSource(options, base, tools);
    const both = await buildBoth({ ...wanted, patches, symbols: options.symbols === true }, tools);
    for (const file of both.ignored) process.stdout.write(`not applied and not run: ${file} (a selftest)\n`);
    for (const file of both.withoutObject)
      process.stdout.write(
        `no object in this build: ${file} (not part of the configuration, or included by another file)\n`,
      );
    const { text, exitCode } = await run(both);
    if (!signal.aborted) process.stdout.write(text);
    return exitCode;
  });
}

/** Patches of files, or of a range of commits, and the commit that the range begins with. */
async function wantedPatches(
  files: readonly string[],
  { tree, range }: Options,
  signal: AbortSignal,
): Promise<PatchSeries & { readonly base?: string }> {
  if (range === undefined && files.length > 0) return readPatches(files, signal);
  if (range === undefined)
    throw wrongInput('there is no patch', 'name files with patches, or commits: --tree ~/linux --range A..B');
  if (files.length > 0) throw wrongInput('patches come from files or from --range, not from both', 'name one of them');
  if (tree === undefined) throw wrongInput('--range needs the tree with the commits', 'add --tree ~/linux');
  const { base, mailbox } = await patchesOf(tree, range);
  return { ...(await readPatchText(mailbox, range, signal)), base };
}

/** What is patched, and how it is built. */
async function wantedSource(options: Options, base: string | undefined, tools: AptOptions) {
  const { tree, range, kernel, config } = options;
  const built = readBuiltSpec(kernel ?? '');
  const profile = config === undefined ? (built?.profile ?? options.profile) : await profileOfConfig(config);
  if (tree === undefined || (range !== undefined && kernel !== undefined))
    return { source: built?.source ?? (await oneKernel(kernel)), profile };
  if (kernel !== undefined)
    throw wrongInput(
      '--tree and --kernel both name what is patched',
      'leave out one of them, or name commits: --range A..B',
    );
  if (await hasUncommitted(tree)) progressToStderr(`${tree}: changes that are not committed are not used`);
  return { source: await checkedOut(tree, base ?? 'HEAD', tools), profile };
}

function wrongInput(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_PATCH', blame: 'host', hint });
}

/** `fix.patch: bpf: release the inode: kernel/bpf/inode.c +2 -1` */
function describePatch({ name, title, files }: Patch): string {
  const changes = files.map(({ before, after, added, removed }) => {
    const path = after ?? before ?? '';
    const how =
      before === undefined ? ' (new)' : after === undefined ? ' (removed)' : before === after ? '' : ` (was ${before})`;
    return `${path}${how} +${added.length} -${removed}`;
  });
  return plain(`${name === title ? name : `${name}: ${title}`}: ${changes.join(', ')}`);
}

type Trial = (both: BothKernels) => Promise<PatchVerdict>;

/** A scenario, or what a bug report contains; what was found in one is shown. @throws KC_REPORT */
async function loadScenario(path: string, options: Options, signal: AbortSignal): Promise<LoadedReproducer> {
  const question = { path, options: {}, args: [], part: options.part, asked: undefined };
  const subject = await loadReproducer({
    ...question,
    machine: machineOf(options),
    signal,
    progress: progressToStderr,
  });
  if (subject.shown !== '') process.stderr.write(subject.shown);
  return subject;
}

/** A scenario on both kernels; it is compiled before anything is built. */
async function scenarioRun(subject: LoadedReproducer, options: Options, signal: AbortSignal): Promise<Trial> {
  const { repeat, accel, leaks, symbols } = options;
  await subject.scenario.compile?.();
  const machines = { configuration: (await findDefaults()).machine, options: machineOf(options) };
  const trial = { subject, machines, accel, repeat, leaks: leaks === true, symbols: symbols === true };
  return ({ before, after }) => tryScenario([before, after], trial, signal);
}

/** Cases on both kernels; chosen before anything is built. @throws KC_NO_CASE_TOUCHES */
async function casesRun(patches: readonly Patch[], options: Options, signal: AbortSignal): Promise<Trial> {
  const cases = await wantedCases(patches, options, signal);
  return async ({ before, after }) => {
    const kernels = [before, after].map((kernel) => ({ ...kernel, obtain: async () => kernel }));
    const folder = absolute(options.out);
    const judged = await judgeKernels(kernels, cases, { ...options, retry: true }, signal);
    const of = (id: string) => judged.filter(({ kernel }) => kernel.id === id);
    if (folder !== undefined && !signal.aborted)
      await writeTried(folder, { patches: patches.map(hashOf), without: before.id, with: after.id });
    return judgePatch(of(before.id), of(after.id), before.version);
  };
}

async function wantedCases(patches: readonly Patch[], options: Options, signal: AbortSignal): Promise<readonly Case[]> {
  const machine = machineOf(options);
  const { cases, case: names = [] } = options;
  if (names.length > 0) return chosenCases(names, { cases, machine, signal });
  const all = await chosenCases([], { cases, machine, signal, races: 'all' });
  const root = cases ?? (await findDefaults()).cases;
  const files = [...new Set(patches.flatMap((patch) => patch.files.flatMap(({ before, after }) => [before, after])))];
  for (const { name, loaded } of all) {
    if (loaded instanceof Error) progressToStderr(`${name} is left out, as it cannot be loaded: ${loaded.message}`);
  }
  const concerned = casesTouching(
    all,
    await loadBehaviours(root),
    files.filter((file) => file !== undefined),
  );
  const chosen = withoutRaces(concerned, progressToStderr);
  process.stdout.write(printChosen(chosen));
  if (chosen.length > 0) return chosen.map(({ testCase }) => testCase);
  throw new KconformError('undetermined: no case concerns the files of the patch', {
    code: 'KC_NO_CASE_TOUCHES',
    blame: 'host',
    hint: 'name cases (--case bpffs; npx kconform cases lists them), or run a scenario (--scenario report.c)',
  });
}
