import { buffer } from 'node:stream/consumers';
import type { Copy } from '../../guest/copy.ts';
import { runScheduled } from '../../guest/deterministic/scheduled-guest.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import type { Machine } from '../../machine/machine.ts';
import { resultOf } from '../../run/schedule/observe-scheduled.ts';
import { scheduleError } from '../../run/schedule/refusals.ts';
import { scheduledMachine } from '../../run/schedule/scheduled-machine.ts';
import { oneKernel } from '../defaults.ts';
import { progressToStderr } from '../options.ts';
import { commandOf } from '../session/shell-line.ts';
import { exitCodeOf, isInteractive } from '../session/terminal-link.ts';

/** On the guest's clock. Ctrl-C ends the guest before. */
const LIMIT_MS = 3_600_000;

interface ScheduledShell {
  readonly words: readonly string[];
  readonly copies: readonly Copy[];
  readonly machine: Machine & Required<Pick<Machine, 'schedule'>>;
  readonly kernel?: string;
  readonly console?: true;
  readonly symbols?: true;
  readonly signal: AbortSignal;
}

/**
 * Runs a command, or a script on stdin, in a guest with a schedule, and prints what it printed.
 * @returns its exit code
 * @throws KC_SCHEDULE (case) for a session at the terminal, and for copies
 */
export async function scheduledShell(options: ScheduledShell): Promise<number> {
  const { words, copies, machine, symbols, signal } = options;
  if (words.length === 0 && isInteractive())
    throw scheduleError(
      'an interactive shell cannot have a schedule: the times of key presses cannot be repeated',
      "name a command: kconform shell --schedule 17 -- 'uname -r'",
    );
  if (symbols === true)
    throw scheduleError(
      '--symbols of shell cannot be used with a schedule',
      'use repro, which prints splats with file and line',
    );
  if (copies.length > 0)
    throw scheduleError('--copy cannot be used with a schedule: the guest has no SSH', 'use --file for files in it');
  const kernel = await resolveKernel(await oneKernel(options.kernel), { signal, progress: progressToStderr });
  const { spec } = await scheduledMachine({ kernel, machine }, progressToStderr, signal);
  const input = words.length === 0 ? await buffer(process.stdin) : Buffer.alloc(0);
  const schedule = { seed: machine.schedule, limitMs: LIMIT_MS };
  const run = await runScheduled(spec, { command: commandOf(words, undefined), input }, schedule, { signal });
  if (options.console === true) process.stderr.write(run.console);
  const result = resultOf(run, schedule);
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  return exitCodeOf(result);
}
