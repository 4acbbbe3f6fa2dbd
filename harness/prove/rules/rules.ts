import type { RuleMutant } from '../mutant.ts';
import { type BodyLine, bodyLines } from './functions.ts';

/** A rule: every way in which it changes one line of C. */
type Rule = (line: string) => string[];

/** Each place where the pattern stands, changed alone. */
function each(pattern: RegExp, change: (found: string) => string): Rule {
  return (line) =>
    [...line.matchAll(pattern)].map(
      (match) => line.slice(0, match.index) + change(match[0]) + line.slice(match.index + match[0].length),
    );
}

const COMPARISONS: Readonly<Record<string, string>> = {
  ' == ': ' != ',
  ' != ': ' == ',
  ' < ': ' <= ',
  ' <= ': ' < ',
  ' > ': ' >= ',
  ' >= ': ' > ',
};
const swap = (pairs: Readonly<Record<string, string>>) => (found: string) => pairs[found] ?? found;

const RULES: readonly Rule[] = [
  each(/(?<=^\t+(?:\} else )?if \().+(?=\)(?: \{)?$)/g, (condition) => `!(${condition})`),
  each(/(?<=^\t+(?:\} else )?if \().+(?=\)(?: \{)?$)/g, () => 'false'),
  // A statement, and no declaration: those have two words before = or (.
  each(/(?<=^\t+)\*?[a-z_][\w>.[\]-]*(?: [|&+-]?= |\().*(?=;$)/g, () => ''),
  each(/(?<=-)E[A-Z]+\b/g, (errno) => (errno === 'EPERM' ? 'EACCES' : 'EPERM')),
  each(/ (?:==|!=|<=|>=|<|>) /g, swap(COMPARISONS)),
  each(/ (?:&&|\|\|) /g, swap({ ' && ': ' || ', ' || ': ' && ' })),
  each(/ (?:&|\||&=|\|=) /g, swap({ ' & ': ' | ', ' | ': ' & ', ' &= ': ' |= ', ' |= ': ' &= ' })),
  each(/\b(?:true|false)\b/g, swap({ true: 'false', false: 'true' })),
  each(/(?<== |return |, |\()0(?=[;,)])/g, () => '1'),
];

/**
 * Every change that the rules make in the bodies of a C file's functions, one change each: conditions negated or dropped,
 * statements dropped, errnos, comparisons, `&&` and `||`, bit operations and constants changed.
 * @param file as edits name it: `kernel/bpf/inode.c`
 * @param only the one function that is wanted, or the number of the one line
 */
export function mutantsOf(file: string, text: string, only?: string): RuleMutant[] {
  const lines = text.split('\n');
  const isWanted = (line: BodyLine) => only === undefined || only === line.function || only === String(line.index + 1);
  const wanted = bodyLines(lines).filter((line) => !line.comment && isWanted(line));
  return wanted.flatMap(({ index }) => {
    const line = lines[index] ?? '';
    const changed = [...new Set(RULES.flatMap((rule) => rule(line)))].filter((other) => other !== line);
    return changed.map((other) => mutant(file, lines, index, other));
  });
}

function mutant(file: string, lines: readonly string[], index: number, changed: string): RuleMutant {
  const line = lines[index] ?? '';
  let first = index;
  const text = lines.join('\n');
  const context = () => lines.slice(first, index + 1).join('\n');
  while (first > 0 && text.split(`\n${context()}\n`).length > 2) first--;
  const above = lines.slice(first, index).map((one) => `${one}\n`);
  const around = (middle: string) => `\n${above.join('')}${middle}\n`;
  return {
    kind: 'by-rule',
    id: `${file}:${index + 1}: ${line.trim()} → ${changed.trim() === ';' ? 'nothing' : changed.trim()}`,
    edits: [{ file, find: around(line), replace: around(changed) }],
  };
}

/** So many of them, drawn by the seed: the same seed draws the same. All when there are no more. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const random = mulberry32(seed);
  const pool = [...all];
  const drawn: T[] = [];
  while (drawn.length < count && pool.length > 0) drawn.push(...pool.splice(Math.floor(random() * pool.length), 1));
  return drawn;
}

/** Tommy Ettinger's generator: 32 bits of state, and enough for drawing lots. @returns numbers from 0 on, below 1 */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
