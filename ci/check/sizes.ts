/** Finds source files and functions that are too long. Part of `npm run check`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { glob } from 'zx';
import { EXCEPTIONS } from './size-exceptions.ts';

const FILE_LINES = 300;
const FUNCTION_LINES = 80;
const LIST = 'ci/check/size-exceptions.ts';

/** Where a function stands, and its lines from the first of its signature to its closing brace. */
interface Length {
  readonly line: number;
  readonly lines: number;
}

/**
 * The files and functions that are too long, and the exceptions that are not needed.
 * @param files text by path
 * @param exceptions reasons by path
 * @returns a line each
 */
export function sizeFaults(files: ReadonlyMap<string, string>, exceptions = EXCEPTIONS): string[] {
  const faults: string[] = [];
  for (const [file, text] of files) {
    const own = [...fileFaults(file, text)];
    const isExcepted = Object.hasOwn(exceptions, file);
    if (isExcepted && own.length === 0) faults.push(`${LIST}: ${file} is short enough: remove its entry`);
    if (!isExcepted) faults.push(...own.map((fault) => `${fault}; split it, or give the reason in ${LIST}`));
  }
  for (const file of Object.keys(exceptions)) {
    if (!files.has(file)) faults.push(`${LIST}: ${file} does not exist: remove its entry`);
  }
  return faults;
}

function* fileFaults(file: string, text: string): Generator<string> {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > FILE_LINES) yield `${file}: ${lines} lines, more than ${FILE_LINES}`;
  const isC = /\.[ch]$/.test(file);
  if (isC && /^\w.*\) \{$/m.test(text)) yield `${file}: a function's opening brace is not on a line of its own`;
  const functions = isC ? functionsOfC(text) : functionsOfTypeScript(file, text);
  for (const { line, lines: length } of functions) {
    if (length > FUNCTION_LINES) yield `${file}:${line}: a function of ${length} lines, more than ${FUNCTION_LINES}`;
  }
}

function functionsOfTypeScript(file: string, text: string): Length[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lengths: Length[] = [];
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const line = lineOf(node.getStart());
      lengths.push({ line, lines: lineOf(node.getEnd()) - line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lengths;
}

/** In the kernel's style the braces around a function's body stand alone in the first column. */
function functionsOfC(text: string): Length[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line !== '{') return [];
    let first = index;
    while (/^[\w\t ]/.test(lines[first - 1] ?? '') && !/\*\/$/.test(lines[first - 1] ?? '')) first--;
    const end = lines.indexOf('}', index);
    return [{ line: first + 1, lines: (end < 0 ? lines.length - 1 : end) - first + 1 }];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cwd = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
  const paths = (await glob(['{harness,cases,images,ci}/**/*.{ts,mjs,c,h}'], { cwd })).sort();
  const faults = sizeFaults(new Map(paths.map((path) => [path, readFileSync(join(cwd, path), 'utf8')] as const)));
  for (const line of faults) console.error(line);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
