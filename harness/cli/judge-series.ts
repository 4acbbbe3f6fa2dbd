import type { Accelerator } from '../guest/qemu/machine.ts';
import { type PlannedKernel, planKernels } from '../kernels/resolve.ts';
import { DEFAULT_MACHINE } from '../machine/machine.ts';
import { TerminalReporter } from '../report/text/terminal.ts';
import type { Attempt } from '../run/case/retry.ts';
import type { Case } from '../run/discovery/cases.ts';
import type { CaseResult } from '../run/events.ts';
import { EarlierResults } from '../run/results/earlier-results.ts';
import { ResultsReporter } from '../run/results/results.ts';
import { type Judged, readResults } from '../run/results/results-file.ts';
import { run } from '../run/run.ts';
import { findDefaults } from './defaults.ts';
import { inputsFor } from './inputs.ts';
import { progressToStderr } from './options.ts';
import { absolute, withOutFolder } from './out-folder.ts';
import { type ReuseChoice, reuseOf } from './reuse-options.ts';
import { kconformVersion } from './version.ts';

/** Options of commands that look at results which are there, or make them. */
export interface SeriesOptions extends ReuseChoice {
  readonly results?: readonly string[];
  readonly kernel?: readonly string[];
  readonly out?: string;
  readonly accel?: Accelerator;
  readonly jobs?: number;
}

/** Runs the cases on the kernels of the specs. Progress goes to stderr, because stdout is for the result. */
export async function judgeOn(
  specs: readonly string[],
  cases: readonly Case[],
  options: Pick<SeriesOptions, RunningOptions>,
  signal: AbortSignal,
): Promise<readonly CaseResult[]> {
  return judgeKernels(await planKernels(specs, { signal, progress: progressToStderr }), cases, options, signal);
}

type RunningOptions = 'out' | 'accel' | 'jobs' | 'fresh' | 'recheck';

interface JudgeOptions extends Pick<SeriesOptions, RunningOptions> {
  readonly retry?: boolean;
  readonly judged?: readonly Attempt[];
  /** The stream for progress; default: stderr. */
  readonly told?: NodeJS.WriteStream;
}

export async function judgeKernels(
  kernels: readonly PlannedKernel[],
  cases: readonly Case[],
  { out, accel, jobs, retry = false, judged = [], told = process.stderr, ...choice }: JudgeOptions,
  signal: AbortSignal,
): Promise<readonly CaseResult[]> {
  const folder = absolute(out);
  const { boot = {}, machine } = await findDefaults();
  const inputs = folder === undefined ? undefined : await inputsFor(cases, boot, machine ?? DEFAULT_MACHINE);
  const work = () =>
    run({
      kernels,
      cases,
      ...(inputs === undefined ? {} : { inputs }),
      boot,
      accelerator: accel,
      isolation: 'clone',
      jobs,
      leaks: false,
      retry,
      reuse: reuseOf(choice, true),
      judged,
      version: kconformVersion(),
      ownOptions: [],
      reporters: [
        ...(folder === undefined || judged.length > 0 ? [] : [new EarlierResults(folder, progressToStderr)]),
        ...(folder === undefined ? [] : [new ResultsReporter(folder, judged)]),
        new TerminalReporter(told),
      ],
      signal,
    });
  return withOutFolder(folder, work);
}

/** The results of all files, in their order. */
export async function readAll(paths: readonly string[]): Promise<readonly Judged[]> {
  const files = await Promise.all(paths.map(readResults));
  return files.flatMap(({ results }) => results);
}
