import type { Found, Report } from './found.ts';
import { reportError } from './report-error.ts';

/** A part in a line: `a program in C, 20 lines (lines 3–22 of the text)`. */
export function describeFound(one: Found): string {
  if (one.kind === 'commands') return `${count(one.commands.length, 'command')} (${one.where})`;
  const lines = count(one.text.trimEnd().split('\n').length, 'line');
  if (one.kind === 'script') return `a script, ${lines} (${one.where})`;
  if (one.kind === 'selftest') return `a selftest${one.isScript ? ', a script' : ' in C'}, ${lines} (${one.where})`;
  const among = one.commands.length === 0 ? '' : `, with ${count(one.commands.length, 'command')}`;
  return `a program in C, ${lines}${among} (${one.where})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The parts of a report, in the order of their numbers: programs first. */
export function partsOf({ found }: Report): readonly Found[] {
  return [...found.filter(({ kind }) => kind !== 'commands'), ...found.filter(({ kind }) => kind === 'commands')];
}

/**
 * The part of a report that is run. Where there is one program, commands beside it are not run.
 * @param number as `--part` names it, from 1
 * @throws KC_REPORT (case) for a report without a program, with several, or without that part
 */
export function chooseFound(report: Report, number: number | undefined, name: string): Found {
  const parts = partsOf(report);
  const programs = parts.filter(({ kind }) => kind !== 'commands');
  const list = parts.map((one, index) => `${index + 1}: ${describeFound(one)}`).join('; ');
  if (number !== undefined) {
    const chosen = parts[number - 1];
    if (chosen !== undefined) return chosen;
    throw reportError(`${name} has no part ${number}`, parts.length === 0 ? NOTHING : `its parts are ${list}`);
  }
  const [first, second] = programs.length > 0 ? programs : parts;
  if (first === undefined) {
    const [note] = report.notes;
    const what = report.splat === undefined ? '' : '; it quotes a splat, which --splat takes';
    throw reportError(`${name} (${report.form}) has no program, no script and no commands${what}`, note ?? NOTHING);
  }
  if (second === undefined) return first;
  throw reportError(`${name} has ${parts.length} parts that can be run: ${list}`, 'choose one: --part 1');
}

const NOTHING =
  'it is looked for: C with a main(), scripts with #!, commands behind prompts ("# ", "$ ", "root@host:~# "), indented or fenced commands';
