import { quote } from '../../scenario/api/guest.ts';
import { PROGRAM_FOLDER } from '../../scenario/programs/guest-files.ts';
import type { Command } from '../text/commands.ts';

/** What the output of a command was, and how it ended. */
export interface CommandRun {
  readonly command: Command;
  readonly printed: readonly string[];
  /** undefined where the session ended in it. */
  readonly status: number | undefined;
}

/** Words of bash that the shell of the guest does not have. */
const BASHISMS =
  /\{\d+\.\.\d+\}|\[\[ |<\(|<<<|&>|\$'|\bfunction \w|\bdeclare \b|\bshopt\b|\w\+?=\(|\$\{\w+(?:\[|\/|\^|,)|\bpushd\b/;

/** Whether the commands need bash. */
export function needsBash(commands: readonly Command[]): boolean {
  return commands.some(({ text }) => BASHISMS.test(text));
}

/** Whether the whole session was that of an ordinary user, who did not become root. */
export function isOfUser(commands: readonly Command[]): boolean {
  return commands.every(({ isOrdinary, text }) => isOrdinary && !/\b(?:sudo|su)\b/.test(text));
}

/**
 * A script that runs commands one after the other in one shell, as if they were typed: variables, `$?` and the folder are kept, and
 * it goes on when one fails.
 * @param mark a word that no command prints: it stands in the output before and behind each
 */
export function sessionScript(commands: readonly Command[], mark: string): string {
  const lines = [
    `#!/bin/${needsBash(commands) ? 'bash' : 'sh'}`,
    'sudo() { case "$1" in -*) echo "sudo: $1: not found"; return 127;; esac; "$@"; }',
    ...(isOfUser(commands)
      ? [`[ "$(id -u)" != 0 ] || exec busybox su -s /bin/sh user -c ${PROGRAM_FOLDER}/session`]
      : []),
    `cd ${folderOf(commands)}`,
    'kconform_status=0',
  ];
  for (const [index, { text }] of commands.entries()) {
    lines.push(
      `printf '\\n%s %s\\n' ${mark} ${index}`,
      '(exit $kconform_status)',
      `eval ${quote(text)}`,
      `kconform_status=$?; printf '\\n%s %s\\n' ${mark} "=$kconform_status"`,
    );
  }
  return `${lines.join('\n')}\nexit 0\n`;
}

/** The folder that a session begins in. */
export function folderOf(commands: readonly Command[]): string {
  return isOfUser(commands) ? '/home/user' : PROGRAM_FOLDER;
}

/** Takes the output of such a script apart. */
export function readSession(output: string, commands: readonly Command[], mark: string): CommandRun[] {
  const runs: CommandRun[] = [];
  const pieces = output.split(`\n${mark} `);
  for (const [index, command] of commands.entries()) {
    const begin = pieces.find((piece) => new RegExp(`^${index}\\n`).test(`${piece}\n`));
    const at = begin === undefined ? -1 : pieces.indexOf(begin);
    const text = begin?.slice(String(index).length + 1) ?? '';
    const status = /^=(\d+)/.exec(pieces[at + 1] ?? '')?.[1];
    const printed = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    runs.push({ command, printed, status: at < 0 || status === undefined ? undefined : Number(status) });
  }
  return runs;
}

/** What a person sees of it: each command behind a prompt, and what it printed. */
export function showSession(runs: readonly CommandRun[], isLeftOut: (command: Command) => boolean): string {
  return runs
    .flatMap(({ command, printed }) => [`# ${command.text}`, ...(isLeftOut(command) ? [] : printed)])
    .join('\n');
}
