import { type Found, placeOf } from '../found.ts';
import { hasPatch, patchLines, readPatch } from '../patch/patch-in-text.ts';
import { selftestsIn } from '../patch/selftest.ts';
import { reportError } from '../report-error.ts';
import { takePrograms } from './c-programs.ts';
import { type Command, takeBlocks, takePrompted } from './commands.ts';
import { readCompileLine } from './compile-line.ts';
import { isLeftOut } from './known-commands.ts';
import { Lines } from './lines.ts';
import { takeScripts } from './scripts.ts';

/**
 * Everything in a text that can be run.
 * @param where what the text is, for people: `the text`, `the attachment "x.txt"`
 * @throws KC_REPORT (case) for a patch with a path outside the tree
 */
export function partsOfText(text: string, where: string): Found[] {
  const lines = new Lines(text);
  const found: Found[] = [];
  if (hasPatch(text)) {
    found.push(...selftestsIn(readPatch(text, where), where));
    for (const [from, to] of patchLines(text.split(/\r?\n/))) lines.take(from, to);
  }
  const programs = takePrograms(lines);
  const scripts = takeScripts(lines);
  const prompted = takePrompted(lines);
  const commands = prompted.length > 0 ? prompted : takeBlocks(lines);
  if (commands.length > MOST_COMMANDS)
    throw reportError(
      `${where} has ${commands.length} commands, more than ${MOST_COMMANDS}`,
      'save what is to be run as a script',
    );
  const compile = readCompileLine(text);
  for (const one of programs)
    found.push({ kind: 'program', text: one.text, where: placeOf(one, where), compile, commands: [] });
  for (const one of scripts) found.push({ kind: 'script', text: one.text, where: placeOf(one, where) });
  if (commands.some(({ text: command }) => !isLeftOut(command)))
    found.push({ kind: 'commands', commands, where: placeOf(extent(commands), where) });
  return found;
}

const MOST_COMMANDS = 200;

function extent(commands: readonly Command[]): { from: number; to: number } {
  return { from: commands[0]?.line ?? 1, to: commands.at(-1)?.line ?? 1 };
}

/** A file that a mail has beside its text. */
interface AttachedText {
  readonly name: string;
  readonly text: string;
}

/** What attached files contain: a source or a script as a whole, else as in a text. Headers are put into the sources that include them. */
export function attachedParts(files: readonly AttachedText[], prefix: string): Found[] {
  const headers = new Map(files.filter(({ name }) => name.endsWith('.h')).map(({ name, text }) => [name, text]));
  return files.flatMap(({ name, text }): Found[] => {
    const where = `${prefix}the attachment "${name}"`;
    if (/\.c$/i.test(name) && /(?:^|[\s*])main\s*\(/m.test(text)) {
      const whole = withHeaders(text, headers);
      return [{ kind: 'program', text: whole, where, compile: readCompileLine(text), commands: [] }];
    }
    if (text.startsWith('#!')) return [{ kind: 'script', text, where }];
    if (/\.sh$/i.test(name)) return [{ kind: 'script', text: `#!/bin/sh\n${text}`, where }];
    return name.endsWith('.h') || /config/i.test(name) ? [] : partsOfText(text.slice(0, 4 * 2 ** 20), where);
  });
}

/** A source with the text of attached headers in place of their names, so that no file is named as the mail wants it. */
export function withHeaders(source: string, headers: ReadonlyMap<string, string>, depth = 0): string {
  if (headers.size === 0 || depth > 5) return source;
  return source.replaceAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"[^\n]*$/gm, (line, name: string) => {
    const text = headers.get(name.replace(/.*\//, ''));
    return text === undefined ? line : withHeaders(text, headers, depth + 1);
  });
}
