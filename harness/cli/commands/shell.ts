import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { type Copy, copy, parseCopy } from '../../guest/copy.ts';
import { awaitGuest, withLastWords } from '../../guest/limits/waiting.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { SshAccess } from '../../guest/ssh/access.ts';
import type { OrdinaryConnection } from '../../guest/ssh/ordinary.ts';
import { type Machine, mergeMachines } from '../../machine/machine.ts';
import { plain } from '../../report/text/text.ts';
import { OneGuest } from '../../run/pool/one-guest.ts';
import { findDefaults, oneKernel } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { type MachineOptions, machineOf, machineOptions } from '../machine-options.ts';
import { acceleratorOption, collect, kernelOption, progressToStderr, symbolsOption } from '../options.ts';
import { type DeterministicOption, scheduleOptions, withSeed } from '../schedule/options.ts';
import { scheduledShell } from '../schedule/scheduled-shell.ts';
import { printConsole } from '../session/console-lines.ts';
import { commandOf } from '../session/shell-line.ts';
import { exitCodeOf, isInteractive, onPipes, onTerminal } from '../session/terminal-link.ts';

interface Options extends MachineOptions, DeterministicOption {
  readonly kernel?: string;
  readonly accel?: Accelerator;
  readonly console?: true;
  readonly symbols?: true;
  readonly copy?: readonly string[];
}

export function addShellCommand(program: Command): void {
  scheduleOptions(machineOptions(program.command('shell')))
    .description('open a shell in a guest, or run one command there')
    .argument(
      '[command...]',
      'the command, after --. One argument is a shell command line; several are a program and its arguments',
    )
    .addOption(kernelOption())
    .addOption(acceleratorOption())
    .addOption(symbolsOption())
    .option('--console', "print the guest's console on stderr")
    .option(
      '--copy <from:to>',
      'copy a file or folder: FROM:TO copies in at the start, guest:FROM:TO copies out at the end; repeatable',
      collect,
    )
    .addHelpText(
      'after',
      `
Examples:
  npx kconform shell
  npx kconform shell --kernel 6.12.57 --console
  npx kconform shell -- uname -r
  npx kconform shell --schedule 17 -- 'cat /proc/interrupts'
  npx kconform shell --copy ./repro:/tmp/repro --copy guest:/tmp/log:./log -- '/tmp/repro > /tmp/log 2>&1'

The exit code is that of the shell or the command; 2 if the guest did not start or died. Ctrl-] ends a guest that does not answer.
With --schedule, a command or a script on stdin runs in a guest without SSH; its output is printed at the end.`,
    )
    .action(shellCommand);
}

async function shellCommand(words: string[], given: Options): Promise<void> {
  const copies = (given.copy ?? []).map(parseCopy);
  process.exitCode = await withInterruption(async (signal) => {
    const startedAt = performance.now();
    const options = withSeed(given, progressToStderr);
    const machine = mergeMachines([(await findDefaults()).machine, machineOf(options)]);
    if (machine.schedule !== undefined) {
      const { schedule } = machine;
      return scheduledShell({ ...options, words, copies, machine: { ...machine, schedule }, signal });
    }
    return reachedShell(words, { ...options, machine, copies, startedAt, signal });
  });
}

interface ReachedShell extends Omit<Options, 'copy' | 'machine'> {
  readonly machine: Machine;
  readonly copies: readonly Copy[];
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

/** In a guest that is reached over SSH. */
async function reachedShell(words: readonly string[], options: ReachedShell): Promise<number> {
  const { copies, startedAt, signal } = options;
  await using guest = await OneGuest.start({
    spec: await oneKernel(options.kernel),
    accelerator: options.accel,
    machine: options.machine,
    symbols: options.symbols === true,
    signal,
    progress: progressToStderr,
  });
  const { machine, kernel } = guest;
  await using access = await SshAccess.open(machine);
  const login = { awaited: 'SSH login', limitMs: guest.environment.limits.sshMs, signal };
  using connection = await awaitGuest(machine.qemu, access.connect(), login);
  await copyAll(guest, connection, copies, 'in', signal);
  using _console = options.console === true ? printConsole(machine) : undefined;
  const interactive = isInteractive();
  if (interactive && words.length === 0) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    progressToStderr(`${kernel.version}, up in ${seconds} s; leave with Ctrl-D, or Ctrl-] when it hangs`);
    progressToStderr(`from another terminal: ${access.command}`);
  }

  const escaped = new AbortController();
  const command = commandOf(words, interactive ? kernel.version : undefined);
  const status = await awaitGuest(
    machine.qemu,
    interactive ? onTerminal(connection, command, () => escaped.abort()) : onPipes(connection, command),
    {
      awaited: 'end of the shell',
      limitMs: Number.POSITIVE_INFINITY,
      signal: AbortSignal.any([signal, escaped.signal]),
    },
  ).catch(async (error: unknown) => {
    if (options.symbols === true) await printSplats(guest); // a panic among them
    const broken = error instanceof KconformError && error.code === 'KC_SSH';
    throw broken ? await withLastWords(machine.qemu, error, 'end of the shell') : error;
  });
  await copyAll(guest, connection, copies, 'out', signal);
  if (options.symbols === true) await printSplats(guest);
  return exitCodeOf(status);
}

/** With file and line, where the kernel has symbols. */
async function printSplats(guest: OneGuest): Promise<void> {
  for (const line of (await guest.splats()).flatMap(({ text }) => text)) process.stderr.write(`${plain(line)}\n`);
}

async function copyAll(
  { machine, environment }: OneGuest,
  connection: OrdinaryConnection,
  copies: readonly Copy[],
  direction: Copy['direction'],
  signal: AbortSignal,
): Promise<void> {
  for (const one of copies.filter((candidate) => candidate.direction === direction)) {
    const wait = { awaited: `copy of ${one.from}`, limitMs: environment.limits.scenarioMs, signal };
    await awaitGuest(machine.qemu, copy(connection, one), wait);
  }
}
