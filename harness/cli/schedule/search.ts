import { availableParallelism } from 'node:os';
import type { LoadedScenario } from '../../authors/scenarios.ts';
import type { AskedSplat } from '../../bug-reports/splat/asked-splat.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { type Machine, withoutSchedule } from '../../machine/machine.ts';
import { findingOf, isReproduced, printAttempt } from '../../report/text/attempt.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { observeScheduled, scheduledLimitMs } from '../../run/schedule/observe-scheduled.ts';
import { type CommandScenario, commandScenario } from '../../run/schedule/refusals.ts';
import { scheduledMachine } from '../../run/schedule/scheduled-machine.ts';
import { quote } from '../../scenario/api/guest.ts';
import { type DebugOptions, isDebugged } from '../debug/options.ts';
import type { MachineOptions } from '../machine-options.ts';
import { progressToStderr } from '../options.ts';
import { commandWords } from './command-words.ts';
import { printOdds } from './odds.ts';
import { type Seeds, seedsOf } from './options.ts';
import { ScheduledDebug } from './scheduled-debug.ts';
import { Untried } from './untried.ts';

/** One scenario under schedules on one kernel. */
export interface Search {
  readonly kernel: Kernel;
  /** The kernel's version, and its machine where that is not the default one. */
  readonly name: string;
  /** Without a schedule of its own. */
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

type SearchedOptions = Parameters<typeof seedsOf>[0] &
  Pick<MachineOptions, 'schedule'> & { readonly limit?: number; readonly jobs?: number };

/**
 * What the options of a command, or the machine, ask for; undefined without a schedule.
 * @throws as seedsOf and commandScenario
 */
export function askedSearch(
  scenario: LoadedScenario,
  file: string,
  options: SearchedOptions,
  machine: Machine,
): Pick<Search, 'scenario' | 'seeds' | 'limitMs' | 'jobs' | 'debug' | 'machine'> | undefined {
  const isOther = options.search !== undefined || options.deterministic !== undefined;
  const seeds = seedsOf(options, isOther ? options.schedule?.schedule : machine.schedule);
  if (seeds === undefined) return undefined;
  const command = commandScenario(scenario, file);
  return {
    scenario: command,
    machine: withoutSchedule(machine),
    seeds,
    limitMs: options.limit === undefined ? scheduledLimitMs(command) : options.limit * 1000,
    jobs: options.jobs,
    debug: options,
  };
}

/** Runs the scenario with one seed after another, some at once, until one reproduces what it is for. Prints what comes of it. */
export async function searchSchedules(search: Search): Promise<ScenarioRun[]> {
  const { kernel, name, machine, scenario, seeds, signal } = search;
  const { spec } = await scheduledMachine({ kernel, machine }, progressToStderr, signal);
  const isSingle = seeds.count === 1;
  if (isSingle) process.stdout.write(`${name}: schedule ${seeds.first}; the work lies in the guest, SSH is not used\n`);
  const found = new AbortController();
  const runs: ScenarioRun[] = [];
  const untried = new Untried(seeds);
  const work = async () => {
    while (!signal.aborted && !found.signal.aborted) {
      const seed = untried.take();
      if (seed === undefined) return;
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
        if (found.signal.aborted || (signal.aborted && !isSingle)) return undefined; // the seed was not tried to its end
        throw error;
      });
      if (observed === undefined) return;
      const seen = debug?.judged(observed) ?? observed;
      const run = search.asked === undefined ? seen : { ...seen, asked: search.asked };
      runs.push(run);
      untried.finish(seed);
      if (isSingle || isReproduced(run) || findingOf(run) === 'unknown') report(search, seed, run);
      else if (runs.length % PROGRESS_EVERY === 0)
        progressToStderr(`${name}: ${runs.length} of ${seeds.count} seeds tried`);
      if (isReproduced(run)) found.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(search.jobs ?? availableParallelism(), seeds.count) }, work));
  if (!isSingle) {
    process.stdout.write(`${name}: ${printOdds(runs.filter(isReproduced).length, runs.length)}\n`);
    const next = untried.first();
    if (!found.signal.aborted && next !== undefined)
      process.stdout.write(`  continue: ${ownCommand('--search', String(seeds.count), '--from', String(next))}\n`);
  }
  return runs;
}

/** The command that was given, with other options for its schedule. */
function ownCommand(...options: readonly string[]): string {
  return quote([...commandWords(process.argv.slice(2)), ...options]);
}

function report({ name, seeds }: Search, seed: number, run: ScenarioRun): void {
  process.stdout.write(printAttempt(`${name}, schedule ${seed}`, run, undefined));
  if (seeds.count > 1 && isReproduced(run))
    process.stdout.write(`  replay: ${ownCommand('--schedule', String(seed))}\n`);
}
