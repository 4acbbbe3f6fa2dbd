import { constants } from 'node:os';
import type { ExitStatus, TerminalSize } from '../../guest/agent/commands.ts';
import type { OrdinaryConnection } from '../../guest/ssh/ordinary.ts';

/** Ends a session whose guest does not answer any more: Ctrl-C belongs to the guest. */
const CTRL_CLOSING_BRACKET = 0x1d;

/** True where a person sits at both ends. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** A command in the guest on the user's own terminal: its size, every key, Ctrl-C. `onEscape` is called at Ctrl-]. */
export async function onTerminal(
  connection: OrdinaryConnection,
  command: string,
  onEscape: () => void,
): Promise<ExitStatus> {
  const { stdin, stdout } = process;
  const size = (): TerminalSize => ({ rows: stdout.rows, columns: stdout.columns });
  let stop = () => {};
  try {
    return await connection.attach(command, {
      terminal: size(),
      use(channel) {
        const key = (bytes: Buffer) => {
          if (bytes.includes(CTRL_CLOSING_BRACKET)) onEscape();
          else channel.write(bytes);
        };
        const resized = () => channel.setWindow(size().rows, size().columns, 0, 0);
        stdin.setRawMode(true);
        stdin.on('data', key);
        stdout.on('resize', resized);
        channel.pipe(stdout, { end: false });
        stop = () => {
          stdout.off('resize', resized);
          stdin.off('data', key);
          stdin.setRawMode(false);
          stdin.pause();
        };
      },
    });
  } finally {
    stop();
  }
}

/** The same with pipes: what we are given on stdin goes to the command, its output and errors are ours. */
export async function onPipes(connection: OrdinaryConnection, command: string): Promise<ExitStatus> {
  try {
    return await connection.attach(command, {
      use(channel) {
        process.stdin.pipe(channel.stdin);
        channel.stdout.pipe(process.stdout, { end: false });
        channel.stderr.pipe(process.stderr, { end: false });
      },
    });
  } finally {
    process.stdin.unpipe();
    process.stdin.pause();
  }
}

/** The exit code as a shell returns it: 128 plus the signal's number if a signal ended the command. */
export function exitCodeOf({ exitCode, signal }: ExitStatus): number {
  if (exitCode !== null) return exitCode;
  const numbers: Record<string, number> = constants.signals;
  return 128 + (numbers[`SIG${String(signal).replace(/^SIG/, '')}`] ?? 0);
}
