import { availableParallelism } from 'node:os';
import type { LoadedScenario } from '../../authors/scenarios.ts';
import type { AskedSplat } from '../../bug-reports/splat/asked-splat.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Machine } from '../../machine/machine.ts';
import { findingOf, isReproduced, printAttempt } from '../../report/text/attempt.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { type CommandScenario, commandScenario, observeScheduled } from '../../run/schedule/observe-scheduled.ts';
import { scheduledMachine } from '../../run/schedule/scheduled-machine.ts';
import { quote } from '../../scenario/api/guest.ts';
import { type DebugOptions, isDebugged } from '../debug/options.ts';
import { progressToStderr } from '../options.ts';
import { commandWords } from './command-words.ts';
import { printOdds } from './odds.ts';
import { type Seeds, seedsOf } from './options.ts';
import { ScheduledDebug } from './scheduled-debug.ts';

/** One scenario under schedules on one kernel. */
export interface Search {
  readonly kernel: Kernel;
  /** The kernel's version, and its machine where that is not the default one. */
  readonly name: string;
  readonly machine: Machine;
  readonly scenario: CommandScenario;
  readonly seeds: Seeds;
  /** On the clock of the guest. */
  readonly limitMs: number;
  /** Guests at once; undefined: one per core. */
  readonly jobs: number | undefined;
  /** The splat that is the question. */
  readonly asked: AskedSplat | undefined;
  /** How the guest of a single seed is looked into. */
  readonly debug: DebugOptions;
  readonly signal: AbortSignal;
}

const PROGRESS_EVERY = 10;
/** In seconds on the guest's clock, of which one takes many seconds of the host's. */
const LIMIT_S = 10;

/** What the options of a command ask for; undefined without a schedule. @throws as seedsOf and commandScenario */
export function askedSearch(
  scenario: LoadedScenario,
  file: string,
  options: Parameters<typeof seedsOf>[0] & { readonly limit?: number; readonly jobs?: number },
): Pick<Search, 'scenario' | 'seeds' | 'limitMs' | 'jobs' | 'debug'> | undefined {
  const seeds = seedsOf(options);
  if (seeds === undefined) return undefined;
  const limitMs = (options.limit ?? LIMIT_S) * 1000;
  return { scenario: commandScenario(scenario, file), seeds, limitMs, jobs: options.jobs, debug: options };
}

/** Runs the scenario with one seed after another, some at once, until one reproduces what it is for. Prints what comes of it. */
export async function searchSchedules(search: Search): Promise<ScenarioRun[]> {
  const { kernel, name, machine, scenario, seeds, signal } = search;
  const spec = await scheduledMachine({ kernel, machine }, progressToStderr, signal);
  const isSingle = seeds.count === 1;
  if (isSingle) process.stdout.write(`${name}: schedule ${seeds.first}; the work lies in the guest, SSH is not used\n`);
  const found = new AbortController();
  const runs: ScenarioRun[] = [];
  let begun = 0;
  const work = async () => {
    while (begun < seeds.count && !signal.aborted && !found.signal.aborted) {
      const seed = seeds.first + begun++;
      await using debug = isDebugged(search.debug) ? new ScheduledDebug(kernel, search.debug, signal) : undefined;
      const observed = await observeScheduled(scenario, {
        spec,
        schedule: { seed, limitMs: search.limitMs },
        symbols: kernel.symbols,
        ...(debug && { debug }),
        signal: AbortSignal.any([signal, found.signal]),
        onNotice: (text) => process.stderr.write(`${text.trimEnd()}\n`),
        ...(isSingle && { onOutput: (bytes: Buffer) => process.stdout.write(bytes) }),
      }).catch((error: unknown) => {
        if (found.signal.aborted) return undefined; // another seed was quicker
        throw error;
      });
      if (observed === undefined) return;
      const seen = debug?.judged(observed) ?? observed;
      const run = search.asked === undefined ? seen : { ...seen, asked: search.asked };
      runs.push(run);
      if (isSingle || isReproduced(run) || findingOf(run) === 'unknown') report(search, seed, run);
      else if (runs.length % PROGRESS_EVERY === 0)
        progressToStderr(`${name}: ${runs.length} of ${seeds.count} seeds tried`);
      if (isReproduced(run)) found.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(search.jobs ?? availableParallelism(), seeds.count) }, work));
  if (!isSingle) process.stdout.write(`${name}: ${printOdds(runs.filter(isReproduced).length, runs.length)}\n`);
  return runs;
}

function report({ name, seeds }: Search, seed: number, run: ScenarioRun): void {
  process.stdout.write(printAttempt(`${name}, schedule ${seed}`, run, undefined));
  if (seeds.count > 1 && isReproduced(run))
    process.stdout.write(`  replay: ${quote([...commandWords(process.argv.slice(2)), '--schedule', String(seed)])}\n`);
}
