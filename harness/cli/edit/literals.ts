import ts from 'typescript';

/** A value written out in a source; `value` is what it is at run time. */
export interface Literal {
  readonly value: unknown;
}

/** undefined for what is not written out: a call, a name, a spread, a sum. */
export function readLiteral(node: ts.Expression): Literal | undefined {
  const inner = bare(node);
  if (ts.isStringLiteralLike(inner)) return { value: inner.text };
  if (ts.isNumericLiteral(inner)) return { value: Number(inner.text) };
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.MinusToken) {
    return ts.isNumericLiteral(inner.operand) ? { value: -Number(inner.operand.text) } : undefined;
  }
  if (ts.isArrayLiteralExpression(inner)) {
    const elements = inner.elements.map(readLiteral);
    return elements.includes(undefined) ? undefined : { value: elements.map((element) => element?.value) };
  }
  if (ts.isObjectLiteralExpression(inner)) {
    const members = inner.properties.map((member): [string, Literal] | undefined => {
      if (!ts.isPropertyAssignment(member) || ts.isComputedPropertyName(member.name)) return undefined;
      const value = readLiteral(member.initializer);
      return value && [member.name.text, value];
    });
    const known = members.flatMap((member) => (member === undefined ? [] : [member]));
    if (known.length < members.length) return undefined;
    return { value: Object.fromEntries(known.map(([name, { value }]) => [name, value])) };
  }
  if (inner.kind === ts.SyntaxKind.NullKeyword) return { value: null };
  if (inner.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
  return inner.kind === ts.SyntaxKind.FalseKeyword ? { value: false } : undefined;
}

/** The literal that the judge printed: `'rw'`, `0o755`, `13 (EACCES)`. */
export function readPrinted(text: string): (Literal & { readonly code: string }) | undefined {
  const code = text.replace(/^(\d+) \(E[A-Z0-9]+\)$/, '$1');
  const [statement] = parse(`(${code});`).statements;
  if (statement === undefined || !ts.isExpressionStatement(statement)) return undefined;
  const literal = readLiteral(statement.expression);
  return literal && { ...literal, code };
}

export function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('expect.ts', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
}

/** Without parentheses, `as`, `satisfies`. */
export function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)
    ? bare(node.expression)
    : node;
}
