import { authorThrew } from '../../authors/author-threw.ts';
import { KconformError } from '../../errors/error.ts';
import type { Observations } from '../../expect/outcome.ts';
import type { ExecResult } from '../../guest/agent/commands.ts';
import { signalName } from '../../guest/agent/signals.ts';
import type { Schedule } from '../../guest/deterministic/arguments.ts';
import type { ScheduledDebugger } from '../../guest/deterministic/monitor.ts';
import { runScheduled, type ScheduledRun } from '../../guest/deterministic/scheduled-guest.ts';
import { END_OF_SCENARIO } from '../../guest/limits/waiting.ts';
import type { MachineSpec } from '../../guest/qemu/machine.ts';
import { scheduledReports } from '../../oracles/scheduled.ts';
import type { Symbols } from '../../oracles/splats/symbolise.ts';
import { wordsOf } from '../../oracles/watch.ts';
import { checkObservations } from '../../scenario/api/observations.ts';
import type { CommandContext } from '../../scenario/forms/inputs.ts';
import type { ScenarioRun } from '../case/observe.ts';
import type { CommandScenario } from './refusals.ts';

/** How long a scenario may take, on the guest's clock, of which a second takes many of the host's. */
const LIMIT_MS = 10_000;
/** What a program that is stopped after its own time may take beyond it. */
const RESERVE_MS = 5_000;

/** The default limit of a scenario, on the guest's clock, in milliseconds. */
export function scheduledLimitMs({ runsForMs = 0 }: Pick<CommandScenario, 'runsForMs'>): number {
  return Math.max(LIMIT_MS, runsForMs + RESERVE_MS);
}

export interface ScheduledSetting extends Pick<CommandContext, 'signal' | 'onOutput' | 'onNotice'> {
  readonly spec: MachineSpec;
  readonly schedule: Schedule;
  readonly symbols: Symbols | undefined;
  /** Looks into the guest. */
  readonly debug?: ScheduledDebugger;
}

/**
 * Runs a scenario under a schedule, in a guest of its own. Whatever breaks in the guest is in the result, with its blame.
 * @throws as runScheduled; what the scenario throws before a guest starts
 */
export async function observeScheduled(scenario: CommandScenario, setting: ScheduledSetting): Promise<ScenarioRun> {
  const { spec, schedule, symbols, debug, ...context } = setting;
  const runs: ScheduledRun[] = [];
  const exec: CommandContext['guest']['exec'] = async (command, { stdin = '', onStdout } = {}) => {
    const run = await runScheduled(spec, { command, input: Buffer.from(stdin) }, schedule, {
      signal: context.signal,
      debug,
    });
    runs.push(run);
    const result = resultOf(run, schedule);
    onStdout?.(result.stdout);
    return result;
  };
  let observations: Observations | undefined;
  let failure: KconformError | undefined;
  try {
    observations = checkObservations(await scenario.runCommand({ ...context, guest: { exec } }));
  } catch (error) {
    failure = authorThrew(error);
  }
  const [run] = runs;
  if (run === undefined) throw failure ?? new TypeError('a scenario ran no command');
  const { answers, console } = run;
  const oracles =
    answers === undefined ? await wordsOf(console, symbols) : await scheduledReports(answers, console, symbols);
  return { outcome: { observations, oracles }, failure, console };
}

/** What the command of a guest did. @throws why the guest ended before it did; KC_SCENARIO_TIMEOUT (case) */
export function resultOf({ answers, failure }: ScheduledRun, { limitMs }: Schedule): ExecResult {
  if (answers === undefined) throw failure ?? new TypeError('a guest without answers has a failure');
  const { stdout, stderr, end } = answers;
  const late = `the scenario did not end within ${limitMs / 1000} s on the clock of its guest`;
  const evidence = { awaited: END_OF_SCENARIO, afterMs: limitMs, output: stdout.toString('utf8').slice(-4000) };
  if (end.how === 'stuck')
    throw new KconformError(`${late}; not even SIGKILL ends it (the console shows what it waits for)`, {
      code: 'KC_STUCK',
      blame: 'kernel',
      evidence,
    });
  if (end.how === 'limit')
    throw new KconformError(late, {
      code: 'KC_SCENARIO_TIMEOUT',
      blame: 'case',
      hint: 'raise the limit (--limit of repro, limitMs in expect.ts), or give the scenario less to do',
      evidence,
    });
  return end.how === 'exit'
    ? { stdout, stderr, exitCode: end.number, signal: null }
    : { stdout, stderr, exitCode: null, signal: signalName(end.number) };
}
