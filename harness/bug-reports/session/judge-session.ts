import type { Command } from '../text/commands.ts';
import { comparePrinted } from './compare-printed.ts';
import { errorsIn, looksLikeError, SETUP_ERRORS } from './error-words.ts';
import { type CommandRun, isOfUser } from './session-script.ts';

/** What a session says of the bug. */
export interface SessionVerdict {
  /** fail: reproduced; pass: not reproduced; broken: nothing can be said. */
  readonly status: 'fail' | 'pass' | 'broken';
  readonly reason: string | undefined;
}

/** Commands that say what the machine is, or clean up: the bug does not show in what they print. */
const NEUTRAL =
  /^(?:sudo )?(?:uname|dmesg|date|hostname|id|whoami|lsb_release|echo -*$|umount|rm|rmdir|cd|sync|swapoff|losetup -d|sleep|kill\w*|pkill|cat \/(?:etc\/\S*(?:release|version|issue)|proc\/(?:version|cmdline|cpuinfo)))\b/;
/** Commands whose exit status is an answer and no failure, or that may find their work done. */
const MAY_FAIL = /^(?:sudo )?(?:grep|egrep|test|\[|diff|cmp|pgrep|umount|rm|rmdir|mkdir|mountpoint|false|!)(?:\s|$)/;
/** Commands that print other times, names and sizes each time. */
const NOISY =
  /^(?:sudo )?(?:dd|mkfs|mke2fs|mkswap|tune2fs|losetup|ps|pgrep|ls -\w*l|time|free|df|fio|stress-ng|lsblk|top|git|make|apt\S*|dnf|yum|ip|ifconfig|modinfo|lsmod)\b/;
const MISSING = /(?:: not found|command not found|applet not found|: Permission denied)$/;

/**
 * Judges what the commands of a report did. The answer is the last command of which the report shows what it printed, else the last
 * one that does more than clean up. Those before it prepare: where one of them fails and did not in the report, nothing is known.
 * @param isSplatAsked the kernel's splat is the answer, and the commands only need to get there
 */
export function judgeSession(runs: readonly CommandRun[], isSplatAsked: boolean): SessionVerdict {
  const answer = isSplatAsked ? undefined : answerOf(runs);
  let doubt: string | undefined;
  for (const run of runs) {
    const fault = run === answer ? missingIn(run) : faultIn(run);
    if (fault !== undefined) return { status: 'broken', reason: fault };
    if (run === answer) return withUser(judgeAnswer(run, doubt), run, runs);
    if (answer === undefined || run.command.printed === undefined || isNeutral(run.command)) continue;
    const own = judgeShown(run);
    // This command failed in the report and succeeds here: the kernel behaves differently. Later commands cannot change that.
    if (own.status === 'pass' && looksLikeError(run.command.printed)) return own;
    if (own.status !== 'fail' && !NOISY.test(run.command.text)) doubt ??= own.reason;
  }
  return { status: 'pass', reason: undefined };
}

function answerOf(runs: readonly CommandRun[]): CommandRun | undefined {
  const answer = answerAmong(runs.map(({ command }) => command));
  return runs.find(({ command }) => command === answer);
}

/** True for a command whose output says nothing of the bug: a version, the date. */
export function isNeutral({ text }: Command): boolean {
  return NEUTRAL.test(text);
}

function answerAmong(commands: readonly Command[]): Command | undefined {
  const own = commands.filter(({ text }) => !NEUTRAL.test(text));
  return own.findLast(({ printed }) => printed !== undefined) ?? own.at(-1) ?? commands.at(-1);
}

/** What is asked where no splat is: it follows "whether". */
export function questionOf(commands: readonly Command[]): string {
  const answer = answerAmong(commands);
  if (answer === undefined) return 'the kernel misbehaves';
  const does = answer.printed === undefined ? 'fails' : 'prints what the report shows';
  return `"${shown({ command: answer })}" ${does}, or the kernel misbehaves`;
}

/** Why a command that only prepares makes the session say nothing. */
function faultIn(run: CommandRun): string | undefined {
  const missing = missingIn(run);
  if (missing !== undefined) return missing;
  const { command, status, printed } = run;
  if (status === 0 || MAY_FAIL.test(command.text) || looksLikeError(command.printed ?? [])) return undefined;
  return `the command "${shown(run)}" failed: ${firstLine(printed) ?? `exit code ${status}`}`;
}

/** A program that is missing, or a session that ended too early. */
function missingIn({ command, status, printed }: CommandRun): string | undefined {
  if (status === undefined) return `the session ended in the command "${shown({ command })}"`;
  const missing = printed.find((line) => /not found$/.test(line) && MISSING.test(line));
  const wasMissing = command.printed?.some((line) => MISSING.test(line)) ?? false;
  if (wasMissing || !(status === 126 || status === 127 || missing !== undefined)) return undefined;
  return `a program is missing in the guest: ${missing ?? firstLine(printed) ?? shown({ command })}`;
}

/** Root may do what the report's user may not: then nothing is known. */
function withUser(verdict: SessionVerdict, { command }: CommandRun, runs: readonly CommandRun[]): SessionVerdict {
  const commands = runs.map((one) => one.command);
  const wasUser = command.isOrdinary && !isOfUser(commands) && !commands.some(({ text }) => /\bsudo\b/.test(text));
  if (verdict.status !== 'pass' || !wasUser) return verdict;
  return {
    status: 'broken',
    reason: `it ran as root, and not as in the report: ${(verdict.reason ?? '').replace(/^[^:]*: /, '')}`,
  };
}

/** @param doubt what an earlier command printed otherwise: then the same answer may be that of any kernel */
function judgeAnswer(run: CommandRun, doubt: string | undefined): SessionVerdict {
  const { command, printed, status } = run;
  if (command.printed === undefined) {
    if (status === 0) return { status: 'pass', reason: undefined };
    return { status: 'fail', reason: `"${shown(run)}": ${firstLine(printed) ?? `exit code ${status}`}` };
  }
  const verdict = judgeShown(run);
  if (verdict.status !== 'fail' || doubt === undefined) return verdict;
  return { status: 'broken', reason: `an earlier command differs: ${doubt.replace(/^[^:]*: /, '')}` };
}

/** Compares what a command printed with what the report shows. */
function judgeShown(run: CommandRun): SessionVerdict {
  const { command, printed, status } = run;
  if (command.printed === undefined) return { status: 'pass', reason: undefined };
  const { here, there } = firstDifference(printed, command.printed);
  const both = `"${shown(run)}" prints "${here}", the report shows "${there}"`;
  const compared = comparePrinted(command.printed, printed, command.isCut);
  if (compared === 'same')
    return { status: 'fail', reason: `reproduced: "${shown(run)}" prints what the report shows` };
  if (status !== 0 && looksLikeError(command.printed)) return judgeErrors(run, both);
  if (compared === 'numbers') return { status: 'broken', reason: `only numbers differ: ${both}` };
  if (status !== 0) return { status: 'broken', reason: `it fails in another way than in the report: ${both}` };
  return { status: 'pass', reason: `not reproduced: ${both}` };
}

/** Programs have words of their own for an error; its number decides. */
function judgeErrors({ command, printed }: CommandRun, both: string): SessionVerdict {
  const [there, here] = [errorsIn(command.printed ?? []), errorsIn(printed)];
  if (there.some((one) => here.includes(one)))
    return { status: 'fail', reason: `reproduced: "${shown({ command })}" fails as in the report (${there[0]})` };
  const isSetup = here.length === 0 || there.length === 0 || here.some((one) => SETUP_ERRORS.includes(one));
  if (isSetup) return { status: 'broken', reason: `it fails in another way than in the report: ${both}` };
  return { status: 'pass', reason: `not reproduced: ${both}` };
}

/** The first lines that are not the same. */
function firstDifference(printed: readonly string[], report: readonly string[]): { here: string; there: string } {
  const [here, there] = [printed, report].map((lines) => lines.filter((line) => line.trim() !== ''));
  const at = (there ?? []).findIndex((line, index) => line.trim() !== here?.[index]?.trim());
  const from = Math.max(at, 0);
  return {
    here: firstLine((here ?? []).slice(from)) ?? 'nothing',
    there: firstLine((there ?? []).slice(from)) ?? 'nothing',
  };
}

function shown({ command }: Pick<CommandRun, 'command'>): string {
  const line = command.text.split('\n')[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function firstLine(lines: readonly string[]): string | undefined {
  const line = lines.find((one) => one.trim() !== '')?.trim();
  return line !== undefined && line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
