import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from '../../authors/scenarios.ts';
import { resolveKernels } from '../../kernels/resolve.ts';
import type { ScenarioRun } from '../case/observe.ts';
import { observeScheduled, scheduledLimitMs } from './observe-scheduled.ts';
import { commandScenario } from './refusals.ts';
import { scheduledMachine } from './scheduled-machine.ts';

/** Two threads that count; each notes the other's counter now and then. */
export const COUNTING = `#include <pthread.h>
#include <stdio.h>
static volatile long counter[2];
static volatile int begun;
static long noted[2][50];
static void *count(void *argument)
{
	long me = (long)argument;
	__atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
	while (begun < 2)
		;
	for (long i = 0; i < 50000; i++) {
		counter[me]++;
		if (i % 1000 == 0)
			noted[me][i / 1000] = counter[1 - me];
	}
	return NULL;
}
int main(void)
{
	pthread_t other;
	pthread_create(&other, NULL, count, (void *)1);
	count((void *)0);
	pthread_join(other, NULL);
	for (int i = 0; i < 100; i++)
		printf("%ld ", noted[i / 50][i % 50]);
	return 0;
}
`;

/** Runs one scenario with the seed. @param signal ends the guest before */
type SeedRun = (seed: number, signal?: AbortSignal) => Promise<ScenarioRun>;

/** The scenario in the file on a published kernel, with two CPUs: the same runs as those of `repro FILE --kernel KERNEL --schedule SEED`. */
export async function seedRuns(file: string, kernelSpec: string, limitMs?: number): Promise<SeedRun> {
  const whole = new AbortController().signal;
  const [kernel] = await resolveKernels([kernelSpec], { signal: whole, progress: () => undefined, symbols: false });
  if (kernel === undefined) throw new Error(`no kernel ${kernelSpec}`);
  const scenario = commandScenario(await loadScenario(file), file);
  const { spec } = await scheduledMachine({ kernel, machine: {} }, () => undefined, whole);
  return (seed, signal = whole) =>
    observeScheduled(scenario, {
      spec,
      schedule: { seed, limitMs: limitMs ?? scheduledLimitMs(scenario) },
      symbols: undefined,
      signal,
    });
}

/** Does the work for one item after another, two at once. An error ends it. */
export async function twoAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await work(item).catch((error: unknown) => {
        left.length = 0;
        throw error;
      });
    }
  };
  await Promise.all([worker(), worker()]);
}

/** Runs scenarios under schedules on the published kernel 6.12.118. */
export class Scheduled implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<Scheduled> {
    return new Scheduled(await mkdtemp(join(tmpdir(), 'kc-schedule-')));
  }

  /** @param name ends in .c or .sh */
  async run(name: string, text: string, seed: number, limitMs?: number): Promise<ScenarioRun> {
    const run = await this.runs(name, text, limitMs);
    return run(seed);
  }

  /** @param name ends in .c or .sh */
  async runs(name: string, text: string, limitMs?: number): Promise<SeedRun> {
    const file = join(this.#folder, name);
    await writeFile(file, text);
    return seedRuns(file, '6.12', limitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What must be the same whenever a seed is used again. */
export function traceOf(run: ScenarioRun): string {
  if ('unmet' in run) throw new Error(run.unmet);
  return JSON.stringify([run.console, run.outcome, run.failure?.message]);
}

/** @param from of performance.now() */
export function secondsSince(from: number): number {
  return Math.round((performance.now() - from) / 1000);
}
