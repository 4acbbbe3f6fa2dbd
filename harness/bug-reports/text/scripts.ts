import type { Excerpt } from './c-programs.ts';
import { isBoundary, isProse, type Lines } from './lines.ts';

const FIRST_LINE = /^\s*#! ?\/(?:usr\/)?(?:bin\/env |(?:local\/)?s?bin\/)\S/;

/** The scripts in a text: from a line `#!/bin/sh` to a mark, a dedent, or a paragraph of prose. */
export function takeScripts(lines: Lines): Excerpt[] {
  const found: Excerpt[] = [];
  for (const [index, line] of lines.all.entries()) {
    if (lines.isTaken(index) || !FIRST_LINE.test(line.text)) continue;
    const indent = /^\s*/.exec(line.text)?.[0] ?? '';
    const to = endOfScript(lines, index, indent);
    const own = lines.all
      .slice(index, to)
      .map(({ text }) => (text.startsWith(indent) ? text.slice(indent.length) : text));
    found.push({ text: `${own.join('\n').trimEnd()}\n`, from: index + 1, to });
    lines.take(index, to);
  }
  return found;
}

function endOfScript(lines: Lines, start: number, indent: string): number {
  const { depth } = lines.all[start] ?? { depth: 0 };
  let index = start + 1;
  let heredoc: string | undefined;
  for (; index < lines.all.length && !lines.isTaken(index); index++) {
    const line = lines.all[index];
    if (line === undefined || line.depth !== depth) break;
    if (heredoc !== undefined) {
      if (line.text.trim() === heredoc) heredoc = undefined;
      continue;
    }
    heredoc = /<<-?\s*['"\\]?(\w+)/.exec(line.text)?.[1];
    if (line.text.trim() === '') continue;
    if (isBoundary(line.text) || !line.text.startsWith(indent) || FIRST_LINE.test(line.text)) break;
    if (lines.all[index - 1]?.text.trim() === '' && isProse(line.text)) break;
  }
  return index;
}
