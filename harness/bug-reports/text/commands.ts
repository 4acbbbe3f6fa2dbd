import { beginsAsCommand } from './known-commands.ts';
import { isBoundary, isProse, type Lines } from './lines.ts';

/** A command of a report. */
export interface Command {
  /** One line or several, as they are given to a shell. */
  readonly text: string;
  /** The lines that the report shows below it; undefined where it shows none. */
  readonly printed: readonly string[] | undefined;
  /** Whether more may have been printed than the report shows. */
  readonly isCut: boolean;
  /** The prompt was that of an ordinary user. */
  readonly isOrdinary: boolean;
  /** Its line in the text, counted from 1. */
  readonly line: number;
}

/** `root@host:~# `, `[root@host dir]# `, `host:~ # `, `bash-5.2# `, `~ # `. */
const LONG_PROMPT =
  /^(?:\([\w.-]+\) ?)?(?:\[?[\w.-]+@[\w.-]+[ :]?[^\]#$]*\]?|\[[\w.-]+ [^\]]*\]|[\w.-]+:[~/][^#$]*|(?:ba)?sh-[\d.]+|[~/][\w./-]*) ?([#$%]) ?(\S.*)$/;
const SHORT_PROMPT = /^([#$]) ?(\S.*)$/;
/** What follows a command that a shell has not read to its end. */
const CONTINUED = /^> ?/;

interface Prompted {
  readonly command: string;
  readonly isOrdinary: boolean;
  readonly indent: number;
}

/** The commands behind prompts, and what the text shows that they printed. */
export function takePrompted(lines: Lines): Command[] {
  const found: Command[] = [];
  for (let index = 0; index < lines.all.length; ) {
    const prompted = lines.isTaken(index) ? undefined : promptAt(lines, index);
    if (prompted === undefined) {
      index++;
      continue;
    }
    const whole = wholeCommand(lines, index, prompted);
    const output = outputBelow(lines, whole.next, prompted.indent);
    lines.take(index, output.next);
    const { isOrdinary } = prompted;
    found.push({ text: whole.text, printed: output.printed, isCut: output.isCut, isOrdinary, line: index + 1 });
    index = output.next;
  }
  return found;
}

function promptAt(lines: Lines, index: number): Prompted | undefined {
  const text = lines.all[index]?.text ?? '';
  const indent = text.length - text.trimStart().length;
  const long = LONG_PROMPT.exec(text.trimStart());
  const [, mark, command = ''] = long ?? SHORT_PROMPT.exec(text.trimStart()) ?? [];
  if (mark === undefined || command.startsWith('#')) return undefined;
  // `# Steps` is a heading, and `#include` is C.
  if (long === null && !beginsAsCommand(command)) return undefined;
  return { command: command.replace(/\s+$/, ''), isOrdinary: mark === '$', indent };
}

/** With the lines that belong to it: behind a backslash, in quotation marks, and of a here document. */
function wholeCommand(lines: Lines, start: number, { command, indent }: Prompted): { text: string; next: number } {
  let text = command;
  let next = start + 1;
  const { depth } = lines.all[start] ?? { depth: 0 };
  while (next < lines.all.length && !lines.isTaken(next) && isOpen(text)) {
    const line = lines.all[next];
    if (line === undefined || line.depth < depth) break;
    // A shell's own `> ` looks like a quotation that is one deeper.
    const raw = line.text.slice(Math.min(indent, line.text.length - line.text.trimStart().length));
    text += `\n${raw.replace(CONTINUED, '')}`;
    next++;
  }
  return { text, next };
}

/** True for a command that a shell would not run yet. */
function isOpen(text: string): boolean {
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  const here = /<<-?\s*['"\\]?(\w+)/.exec(lines[0] ?? '')?.[1];
  if (here !== undefined) return lines.length === 1 || !lines.slice(1).some((line) => line.trim() === here);
  if (/(?:^|[^\\])\\$/.test(last) || /(?:\||&&)\s*$/.test(last)) return true;
  const bare = text.replaceAll(/\\./gs, '').replaceAll(/'[^']*'|"[^"]*"/g, '');
  if (/['"]/.test(bare.replaceAll(/(?<=\w)'(?=\w)/g, ''))) return true;
  const words = bare.replaceAll(/#.*$/gm, '').split(/[\s;]+/);
  const count = (...names: string[]) => words.filter((word) => names.includes(word)).length;
  return count('do') > count('done') || count('then') > count('fi') || /(?:^|\s)\{\s*$/.test(bare);
}

const NOT_MORE = { printed: undefined, isCut: false };

/** To the next prompt; in a text that is not indented also to the next empty line. */
function outputBelow(lines: Lines, start: number, indent: number) {
  const own: string[] = [];
  const { depth } = lines.all[start - 1] ?? { depth: 0 };
  let next = start;
  let isCut = false;
  for (; next < lines.all.length && !lines.isTaken(next); next++) {
    const line = lines.all[next];
    if (line === undefined || line.depth < depth || isBoundary(line.text)) break;
    if (line.text.trim() === '') {
      isCut = promptAtNextText(lines, next) === undefined;
      if (isCut) break;
      continue;
    }
    if (promptAt(lines, next) !== undefined) break;
    const isDedented = line.text.length - line.text.trimStart().length < indent;
    if (isDedented || (own.length === 0 && isProse(line.text) && lines.all[next - 1]?.text.trim() === '')) break;
    own.push(line.text.slice(indent));
  }
  return own.length === 0 ? { ...NOT_MORE, next } : { printed: own, isCut, next };
}

/** The prompt in the next line that is not empty. */
function promptAtNextText(lines: Lines, from: number): Prompted | undefined {
  let index = from;
  while (lines.all[index]?.text.trim() === '') index++;
  return promptAt(lines, index);
}

/** Blocks without prompts, fenced or indented, of which every line is a command. */
export function takeBlocks(lines: Lines): Command[] {
  const found: Command[] = [];
  for (let index = 0; index < lines.all.length; index++) {
    if (lines.isTaken(index) || !isCommandOfBlock(lines, index)) continue;
    const first = lines.all[index]?.text ?? '';
    const indent = first.length - first.trimStart().length;
    const command = { command: first.trim(), isOrdinary: false, indent };
    const { text, next } = wholeCommand(lines, index, command);
    found.push({ text, printed: undefined, isCut: false, isOrdinary: false, line: index + 1 });
    lines.take(index, next);
    index = next - 1;
  }
  return found;
}

function isCommandOfBlock(lines: Lines, index: number): boolean {
  const { text = '' } = lines.all[index] ?? {};
  const isApart = /^(?: {2,}|\t)/.test(text) || lines.isFenced(index);
  return isApart && beginsAsCommand(text.trim()) && !isProse(text.trim());
}
