/**
 * Finds error codes that no source file raises, blames that do not agree with the list of codes, and names of codes, also in
 * comments, tests and Markdown, that are not in the list. Part of `npm run check`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { glob } from 'zx';
import type { ErrorEntry } from '../../harness/errors/codes/entry.ts';
import { ERROR_CODES } from '../../harness/errors/codes.ts';

const LIST = 'harness/errors/codes/';
const CODE = /^KC_[A-Z0-9_]*[A-Z0-9]$/;

/** Where a code is used, and the blame that stands beside it in the same object or call. */
interface Use {
  readonly code: string;
  readonly blame: string | undefined;
}

/**
 * @param files text by path; Markdown files too
 * @param codes the list of codes
 * @returns a line for each fault
 */
export function codeFaults(files: ReadonlyMap<string, string>, codes: Readonly<Record<string, ErrorEntry>>): string[] {
  const faults: string[] = [];
  const raised = new Map<string, Set<string | undefined>>();
  for (const [file, text] of files) {
    if (file.startsWith(LIST)) continue;
    for (const [code] of text.matchAll(/\bKC_[A-Z0-9_]*[A-Z0-9]\b/g))
      if (!Object.hasOwn(codes, code)) faults.push(`${file}: ${code} is not in ${LIST}`);
    if (!file.startsWith('harness/') || !file.endsWith('.ts') || /\.test(-support)?\.ts$/.test(file)) continue;
    for (const { code, blame } of usesIn(file, text)) {
      raised.set(code, (raised.get(code) ?? new Set()).add(blame));
      const entry = codes[code];
      if (entry !== undefined && blame !== undefined && !entry.blame.some((one) => one === blame))
        faults.push(`${file}: ${code} has blame ${blame}, which ${LIST} does not list for it`);
    }
  }
  for (const [code, { blame }] of Object.entries(codes)) {
    const blames = raised.get(code);
    if (blames === undefined) faults.push(`${LIST}: no source file raises ${code}: remove it`);
    else if (!blames.has(undefined))
      for (const one of blame)
        if (!blames.has(one)) faults.push(`${LIST}: no source file raises ${code} with blame ${one}: remove the blame`);
  }
  return faults;
}

/** The codes that are raised: not those that are compared with, or that stand in a list to be compared with. */
function usesIn(file: string, text: string): Use[] {
  const uses: Use[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteral(node) && CODE.test(node.text) && !isCompared(node.parent))
      uses.push({ code: node.text, blame: blameBeside(node) });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return uses;
}

function isCompared(parent: ts.Node): boolean {
  return ts.isBinaryExpression(parent) || ts.isArrayLiteralExpression(parent) || ts.isLiteralTypeNode(parent);
}

/** The blame in `{ code: 'KC_X', blame: 'host' }` and in `asKconformError(error, 'host', 'KC_X')`; undefined where it is no literal. */
function blameBeside(code: ts.StringLiteral): string | undefined {
  const { parent } = code;
  if (ts.isCallExpression(parent) && parent.expression.getText() === 'asKconformError') {
    const [, blame] = parent.arguments;
    return blame !== undefined && ts.isStringLiteral(blame) ? blame.text : undefined;
  }
  if (!ts.isPropertyAssignment(parent)) return undefined;
  for (const property of parent.parent.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === 'blame')
      return ts.isStringLiteral(property.initializer) ? property.initializer.text : undefined;
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = await glob([
    '{harness,ci,cases,images,docs}/**/*.{ts,mjs,md}',
    '*.md',
    '!CHANGELOG.md', // names codes that were renamed
    '!**/node_modules/**',
    '!ci/check/error-codes*',
  ]);
  const faults = codeFaults(new Map(names.map((name) => [name, readFileSync(name, 'utf8')])), ERROR_CODES);
  for (const line of faults) console.error(line);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
