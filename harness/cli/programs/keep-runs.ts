import { randomUUID } from 'node:crypto';
import { KconformError } from '../../errors/error.ts';
import { type KeptSource, keepSource } from '../../evidence/kept-source.ts';
import { standingOf } from '../../expect/judge/standing.ts';
import { noReports } from '../../expect/outcome.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Machine } from '../../machine/machine.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { retryOf } from '../../run/case/retry.ts';
import { attemptOf } from '../../run/case-result.ts';
import type { CaseResult, HostFacts, RunEvent } from '../../run/events.ts';
import type { GuestPackages } from '../../run/machine-parts.ts';
import { EarlierResults } from '../../run/results/earlier-results.ts';
import { ResultsReporter } from '../../run/results/results.ts';
import { progressToStderr } from '../options.ts';
import { kconformVersion } from '../version.ts';
import { judgeRun } from './judge-file.ts';

/** One run of a scenario. */
export interface FinishedRun {
  readonly seen: ScenarioRun;
  readonly transcript: string;
  readonly durationMs: number;
}

/** What ran, for results. */
export interface RanFile {
  /** Its name in the results. */
  readonly name: string;
  /** What names it on the command line. */
  readonly argument: string;
  readonly source: KeptSource;
}

/** Where and how it ran. */
interface RanOn {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly packages: GuestPackages | undefined;
}

/** Writes what `repro` saw to a folder, as `run` does, with the reproducer: for `evidence`, `mail`, `timeline` and others. */
export class RunKeeper {
  readonly #out: string;
  readonly #file: RanFile;
  readonly #reporters: readonly [EarlierResults, ResultsReporter];
  readonly #startedAt = performance.now();

  private constructor(out: string, file: RanFile) {
    this.#out = out;
    this.#file = file;
    this.#reporters = [new EarlierResults(out, progressToStderr), new ResultsReporter(out)];
  }

  /** @throws KC_RESULTS_NOT_WRITTEN (host) */
  static async begin(out: string, file: RanFile, host: HostFacts): Promise<RunKeeper> {
    const keeper = new RunKeeper(out, file);
    const about = { id: randomUUID(), startedAt: new Date().toISOString(), kconform: kconformVersion(), host };
    await keeper.#emit({ type: 'run-started', ...about });
    await keepSource(out, file.name, file.source);
    return keeper;
  }

  /** The first hit is the result, and the other runs are its retries; without a hit the first run is. */
  async add(on: RanOn, runs: readonly FinishedRun[]): Promise<void> {
    const results = runs.map((run) => this.#resultOf(on, run));
    const place = Math.max(
      results.findIndex(({ verdict }) => standingOf(verdict) === 'bad'),
      0,
    );
    const [first, run] = [results[place], runs[place]];
    if (first === undefined || run === undefined) return; // interrupted before the first
    const retries = results.filter((one) => one !== first).map((one) => retryOf(one, 'clone'));
    const result = retries.length === 0 ? first : { ...first, retries };
    const { console } = run.seen;
    await this.#emit({ type: 'case-finished', kernel: on.kernel, result, console, transcript: run.transcript });
  }

  async end(interrupted: boolean): Promise<void> {
    const durationMs = Math.round(performance.now() - this.#startedAt);
    await this.#emit({ type: 'run-finished', durationMs, interrupted });
    progressToStderr(`results are in ${this.#out}; to hand them on: npx kconform evidence ${this.#out}`);
  }

  #resultOf({ kernel, machine, packages }: RanOn, { seen, transcript, durationMs }: FinishedRun): CaseResult {
    const testCase = { name: this.#file.name, argument: this.#file.argument, command: 'repro', machine } as const;
    const error = 'unmet' in seen ? undefined : seen.failure;
    const judgement = 'unmet' in seen ? undefined : judgeRun(seen);
    const subject = { kernel, testCase, packages, ownOptions: [] };
    const run = {
      judgement: judgement ?? { verdict: 'SKIP' as const, observations: [], oracles: noReports },
      error,
      console: seen.console,
      transcript,
    };
    return attemptOf(subject, run, Math.round(durationMs)).result;
  }

  async #emit(event: RunEvent): Promise<void> {
    for (const reporter of this.#reporters) await reporter.on(event);
  }
}

/** A search has no results that can be kept: its guests have schedules, and stop at a hit. */
export function notForSearches(): KconformError {
  return new KconformError('--out cannot be used with --search, --schedule and --deterministic', {
    code: 'KC_PROGRAM',
    blame: 'case',
    hint: 'leave out --out; the command that replays the schedule is printed',
  });
}
