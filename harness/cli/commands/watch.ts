import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { withLock } from '../../cache/lock.ts';
import { makeFolder } from '../../cache/make-folder.ts';
import { exitCodeOf } from '../../expect/outcome.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { type PlannedKernel, planKernels } from '../../kernels/resolve.ts';
import { comparisonAnnotations, githubAnnotations, guardOutput } from '../../report/formats/github.ts';
import { painterFor } from '../../report/text/colour.ts';
import { printComparison } from '../../report/text/series/comparison.ts';
import { editsBetween } from '../../run/discovery/case-inputs.ts';
import type { Case } from '../../run/discovery/cases.ts';
import type { RecordedCase } from '../../run/results/record.ts';
import { readResults } from '../../run/results/results-file.ts';
import { folderOfVersion } from '../../run/results/schema-1.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { compareRuns, comparisonExitCode } from '../../series/compare.ts';
import { readState, type WatchState, writeState } from '../../series/watch-state.ts';
import { chosenCases } from '../chosen-cases.ts';
import { withInterruption } from '../interruption.ts';
import { judgeKernels } from '../judge-series.ts';
import { acceleratorOption, positive, progressToStderr } from '../options.ts';
import { freshOption, type ReuseChoice } from '../reuse-options.ts';

interface Options extends ReuseChoice {
  readonly series: string;
  readonly out?: string;
  readonly accel?: Accelerator;
  readonly jobs?: number;
  readonly cases?: string;
}

export function addWatchCommand(program: Command): void {
  freshOption(program.command('watch'))
    .description('judge newly published versions and report regressions, for cron or CI')
    .argument('[case...]', 'names or groups of cases (default: all)')
    .requiredOption('--series <series>', 'the series to watch: 6.12')
    .option('--out <folder>', 'keep results and state in this folder (default: watch-SERIES)')
    .addOption(acceleratorOption())
    .option('--jobs <count>', 'run this many guests at once (default: one per core, as memory allows)', positive)
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
Each new version is compared with the one before it. The first run judges only the newest version. Package lists are downloaded
again after six hours. Unexpected verdicts are repeated. An interrupted watch continues where it stopped.

Examples:
  npx kconform watch --series 6.12
  npx kconform watch --series 6.12 --out /var/lib/kconform/6.12 bpffs

Exit codes: 0 no new version or no regression; 1 some regression, or a new case with FAIL or XPASS (first run: any FAIL or
XPASS); 2 some ERROR; 130 interrupted.`,
    )
    .action(watchCommand);
}

async function watchCommand(names: string[], options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const { series } = options;
    const folder = resolve(options.out ?? `watch-${series}`);
    await makeFolder(folder);
    const cases = await chosenCases(names, { cases: options.cases });
    const lock = { awaited: 'another watch in the same folder', signal, onWait: progressToStderr };
    return withLock(join(folder, 'lock'), lock, async () => {
      const kernels = await planKernels([`published:${series}`], { signal, progress: progressToStderr });
      let state = await readState(folder, series);
      const fresh =
        state === undefined ? kernels.slice(-1) : kernels.filter((one) => !state?.known.includes(nameOf(one)));
      if (fresh.length === 0) process.stdout.write(`nothing new: ${state?.last.version} was judged last\n`);
      const codes: number[] = [];
      for (const kernel of fresh) {
        const guard = guardOutput(process.stdout, process.env);
        const { code, annotations } = await judgeNew(kernel, cases, { ...options, folder, last: state?.last }, signal);
        guard.end(annotations);
        codes.push(code);
        if (signal.aborted) return 130;
        const known = state === undefined ? kernels.map(nameOf) : [...state.known, nameOf(kernel)];
        state = { schema: 1, series, known, last: { version: kernel.version, folder: kernel.id } };
        await writeState(folder, state);
      }
      return codes.includes(1) ? 1 : Math.max(0, ...codes);
    });
  });
}

function nameOf({ package: name, version }: PlannedKernel): string {
  return name ?? version;
}

interface NewOptions extends Options {
  readonly folder: string;
  readonly last: WatchState['last'] | undefined;
}

/** What an interrupted watch has judged of a kernel. Earlier versions of kconform named the folder after the release. */
async function judgedBefore(folder: string, { id, version }: PlannedKernel): Promise<readonly RecordedCase[]> {
  const left = [id, folderOfVersion(version)].map((name) => join(folder, name));
  const there = left.find((path) => existsSync(join(path, 'results.json')));
  if (there === undefined) return [];
  // Two kernels can have one release.
  return (await readStoredRun(there)).cases.filter(({ result }) => result.kernel.id === id);
}

/**
 * Judges one version, or the rest of it, and reports the change of each case since the last version.
 * @returns the exit code, and what GitHub is to show beside it
 */
async function judgeNew(kernel: PlannedKernel, cases: readonly Case[], options: NewOptions, signal: AbortSignal) {
  const { folder, last, accel, jobs, fresh, recheck } = options;
  const out = join(folder, kernel.id);
  const judged = await judgedBefore(folder, kernel);
  const own = {
    out,
    retry: true,
    judged,
    // One stream after another: what stands between GitHub's marks must not come after them.
    ...(process.env.GITHUB_ACTIONS === 'true' ? { told: process.stdout } : {}),
    ...(accel === undefined ? {} : { accel }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(fresh === undefined ? {} : { fresh }),
    ...(recheck === undefined ? {} : { recheck }),
  };
  const results = await judgeKernels([kernel], cases, own, signal);
  if (signal.aborted) return { code: 130, annotations: '' };
  if (last === undefined)
    return { code: exitCodeOf(results), annotations: githubAnnotations(await readStoredRun(out)) };
  const [before, now] = await Promise.all([readResults(join(folder, last.folder)), readResults(out)]);
  const edits = editsBetween(before.run.planned?.inputs, now.run.planned?.inputs);
  const comparison = compareRuns(before.results, results, edits);
  const paint = painterFor(process.stdout);
  process.stdout.write(`${last.version} → ${kernel.version}\n${printComparison(comparison, paint)}`);
  return { code: comparisonExitCode(comparison), annotations: comparisonAnnotations(comparison) };
}
