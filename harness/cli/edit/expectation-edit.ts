import { isDeepStrictEqual } from 'node:util';
import ts from 'typescript';
import { steps } from '../../expect/judge/diff.ts';
import { nothing } from '../../expect/matchers/print.ts';
import { bare, parse, readLiteral, readPrinted } from './literals.ts';

/** One leaf as the judge reports it: its path, and what was expected and observed there, as an author would write it. */
export interface ExpectationChange {
  readonly path: string;
  readonly expected: string;
  readonly observed: string;
}

/** The text of expect.ts with the change in it; or why it was left alone. */
export type ExpectationEdit =
  | { readonly text: string; readonly before: string; readonly after: string }
  | { readonly refusal: string };

/**
 * Puts one observed value into the text of an expect.ts. Only that value's own characters change: comments, order and
 * matchers stay, and what is not written out as a literal, or is not what was expected when it was judged, is refused.
 */
export function editExpectation(text: string, { path, expected, observed }: ExpectationChange): ExpectationEdit {
  if (observed === nothing) return { refusal: 'it is not observed any more: take it out by hand' };
  const value = readPrinted(observed);
  if (value === undefined) return { refusal: `${observed} is not a value that can be written` };
  const file = parse(text);
  const outcome = outcomeOf(file);
  if (outcome === undefined) return { refusal: 'there is no outcome: { … } in an export default expectation(…)' };
  const found = find(file, outcome, path);
  if ('refusal' in found) return found;
  if ('inside' in found) {
    if (expected !== nothing) return stale(file, found.inside);
    return insert(text, file, found.inside, found.name, value.code);
  }
  const target = bare(found.node);
  const before = target.getText(file);
  const literal = readLiteral(target);
  if (literal === undefined) return byHand(file, target, naming(target));
  if (!isDeepStrictEqual(literal.value, readPrinted(expected)?.value)) return stale(file, target);
  if (!ts.isStringLiteralLike(target) && /\/\/|\/\*/.test(before)) return byHand(file, target, 'has comments inside');
  const after = inRadixOf(before, value.code);
  return { text: text.slice(0, target.getStart(file)) + after + text.slice(target.getEnd()), before, after };
}

type Found =
  | { readonly node: ts.Expression }
  /** An object that has no such member. */
  | { readonly inside: ts.ObjectLiteralExpression; readonly name: string }
  | { readonly refusal: string };

function find(file: ts.SourceFile, outcome: ts.Expression, path: string): Found {
  let node = outcome;
  const way = steps(path);
  for (const [index, step] of way.entries()) {
    const inner = bare(node);
    if (ts.isObjectLiteralExpression(inner)) {
      const member = memberOf(inner, step);
      if (member === 'unclear') return byHand(file, inner, 'has a spread or a short form');
      if (member === undefined && index === way.length - 1) return { inside: inner, name: step };
      if (member === undefined) return byHand(file, inner, `says nothing of ${path}`);
      node = member;
    } else if (ts.isArrayLiteralExpression(inner)) {
      const element = inner.elements[Number(step)];
      if (element === undefined) return byHand(file, inner, 'has no such element');
      if (inner.elements.some(ts.isSpreadElement)) return byHand(file, inner, 'has a spread');
      node = element;
    } else return byHand(file, inner, naming(inner));
  }
  return { node };
}

function outcomeOf(file: ts.SourceFile): ts.Expression | undefined {
  const exported = file.statements.find(ts.isExportAssignment);
  const call = exported && bare(exported.expression);
  if (call === undefined || !ts.isCallExpression(call) || call.expression.getText(file) !== 'expectation')
    return undefined;
  const [argument] = call.arguments;
  const fields = argument && bare(argument);
  if (fields === undefined || !ts.isObjectLiteralExpression(fields)) return undefined;
  const outcome = memberOf(fields, 'outcome');
  return outcome === 'unclear' ? undefined : outcome;
}

/** `unclear` where a spread or a short form may hold the member, or have the last word on it. */
function memberOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | 'unclear' | undefined {
  let found: ts.Expression | 'unclear' | undefined;
  for (const member of object.properties) {
    if (ts.isPropertyAssignment(member) && !ts.isComputedPropertyName(member.name)) {
      if (member.name.text === name) found = member.initializer;
    } else if (ts.isShorthandPropertyAssignment(member)) {
      if (member.name.text === name) found = 'unclear';
    } else found = 'unclear';
  }
  return found;
}

function insert(
  text: string,
  file: ts.SourceFile,
  object: ts.ObjectLiteralExpression,
  name: string,
  value: string,
): ExpectationEdit {
  const after = `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${value}`;
  const last = object.properties.at(-1);
  if (last === undefined) {
    const at = object.getStart(file) + 1;
    return { text: `${text.slice(0, at)} ${after} ${text.slice(object.getEnd() - 1)}`, before: nothing, after };
  }
  const end = last.getEnd();
  const lineStart = text.lastIndexOf('\n', last.getStart(file)) + 1;
  const indent = /^\s*/.exec(text.slice(lineStart))?.[0] ?? '';
  const ownLine = text.slice(lineStart, last.getStart(file)).trim() === '';
  const separator = ownLine ? `,\n${indent}` : ', ';
  return { text: text.slice(0, end) + separator + after + text.slice(end), before: nothing, after };
}

/** A number stays octal or hexadecimal where it was. */
function inRadixOf(before: string, value: string): string {
  const radix = /^0x/i.test(before) ? 16 : /^0o/i.test(before) ? 8 : undefined;
  if (radix === undefined || !/^(0o)?\d+$/.test(value)) return value;
  return `${radix === 16 ? '0x' : '0o'}${Number(value).toString(radix)}`;
}

function naming(node: ts.Expression): string {
  const text = node.getText().replaceAll(/\s+/g, ' ').slice(0, 60);
  return ts.isCallExpression(node) ? `is the matcher ${text}` : `is ${text}, which is not a literal`;
}

function byHand(file: ts.SourceFile, node: ts.Node, why: string): { refusal: string } {
  return { refusal: `${place(file, node)} ${why}: change it by hand` };
}

function stale(file: ts.SourceFile, node: ts.Node): { refusal: string } {
  return { refusal: `${place(file, node)} is not what was expected in that run: run it again` };
}

function place(file: ts.SourceFile, node: ts.Node): string {
  return `line ${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
}
