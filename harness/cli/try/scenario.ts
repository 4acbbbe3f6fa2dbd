import { resolve } from 'node:path';
import { prepare } from '../../authors/prepared.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { mergeMachines, withAbsolutePaths } from '../../machine/machine.ts';
import { exitCodeOfRuns, printAttempt, printTally } from '../../report/text/attempt.ts';
import { type KernelRuns, printKernelTable } from '../../report/text/kernel-table.ts';
import { observe, type ScenarioRun } from '../../run/case/observe.ts';
import type { MachineSources } from '../../run/discovery/cases.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { progressToStderr } from '../options.ts';
import { type LoadedReproducer, withQuestion } from '../programs/reproducer.ts';
import type { PatchVerdict } from './verdict.ts';

interface Trial {
  readonly subject: LoadedReproducer;
  readonly machines: MachineSources;
  readonly accel: Accelerator | undefined;
  readonly repeat: number;
  /** Whether to scan for leaks, also where the report does not ask for it. */
  readonly leaks: boolean;
  readonly symbols: boolean;
}

/** Runs a scenario on both kernels, each time in a new guest, and says what the patch changes of its result. */
export async function tryScenario(
  kernels: readonly [before: Kernel, after: Kernel],
  trial: Trial,
  signal: AbortSignal,
): Promise<PatchVerdict> {
  const [before, after] = kernels;
  const runs = [await runOn(before, trial, signal), await runOn(after, trial, signal)] as const;
  return judgeScenario(runs[0], runs[1]);
}

async function runOn(kernel: Kernel, trial: Trial, signal: AbortSignal): Promise<ScenarioRun[]> {
  const { subject, accel, repeat, leaks, machines } = trial;
  const own = withAbsolutePaths(subject.scenario.machine ?? {}, (path) => resolve(subject.folder, path));
  const machine = mergeMachines([machines.configuration, own, machines.options]);
  const environment = await prepareEnvironment(kernel, accel, progressToStderr, signal);
  const source = await environment.guestsOf({ kernel, machine }, 'clone', progressToStderr, signal);
  const all: ScenarioRun[] = [];
  while (all.length < repeat && !signal.aborted) {
    await using prepared = await prepare(subject.scenario);
    await using guest = await source.start(signal);
    const observed = await observe(guest, prepared, {
      proof: source.proof,
      symbols: kernel.symbols,
      limits: environment.limits,
      limitMs: environment.limits.scenarioMs,
      leaks: leaks || subject.leaks,
      signal,
      transcript: new Transcript(),
      onNotice: (text) => progressToStderr(text.trimEnd()),
    });
    const seen = await withQuestion(observed, subject, kernel);
    const failure = 'unmet' in seen || seen.failure !== undefined ? undefined : await prepared.unawaited();
    const attempt = failure === undefined || 'unmet' in seen ? seen : { ...seen, failure };
    all.push(attempt);
    process.stderr.write(printAttempt(kernel.spec, attempt, repeat === 1 ? undefined : all.length));
  }
  await environment.release(kernel);
  return all;
}

type Standing = 'reproduced' | 'undetermined' | 'not reproduced';

function standingOf(runs: readonly ScenarioRun[]): Standing {
  const code = exitCodeOfRuns(runs);
  return code === 1 ? 'reproduced' : code === 2 ? 'undetermined' : 'not reproduced';
}

/** 0 where it is not reproduced with the patch, 1 where it is, 2 where one of both is undetermined. */
export function judgeScenario(before: readonly ScenarioRun[], after: readonly ScenarioRun[]): PatchVerdict {
  const [then, now] = [standingOf(before), standingOf(after)];
  const table: readonly KernelRuns[] = [
    { version: 'without the patch', runs: before },
    { version: 'with the patch', runs: after },
  ];
  const tallies = before.length > 1 ? table.map(({ version, runs }) => printTally(version, runs)).join('') : '';
  const text = `${headlineOf(then, now)}\n${printKernelTable(table)}${tallies}`;
  if (then === 'undetermined' || now === 'undetermined') return { text, exitCode: 2 };
  return { text, exitCode: now === 'reproduced' ? 1 : 0 };
}

function headlineOf(then: Standing, now: Standing): string {
  if (then === 'undetermined' || now === 'undetermined')
    return `undetermined: without the patch ${then}, with the patch ${now}`;
  if (then === now)
    return then === 'reproduced'
      ? 'the patch does not change whether it is reproduced: it is, without and with the patch'
      : 'not reproduced, neither without nor with the patch: this says nothing about a fix';
  return now === 'reproduced'
    ? 'the patch makes it worse: reproduced with the patch only'
    : 'the patch fixes it: reproduced without the patch only';
}
