/** Where a line of C ends. */
export interface Depth {
  readonly braces: number;
  readonly parentheses: number;
  readonly inComment: boolean;
}

/**
 * Reads a line of C.
 * @param before the end of the line before
 * @returns the end of this one, and its code without comments and texts; directives of the preprocessor have none
 */
export function scanC(line: string, before: Depth): { readonly after: Depth; readonly code: string } {
  if (!before.inComment && /^\s*#/.test(line)) return { after: before, code: '' };
  let { braces, parentheses, inComment } = before;
  let code = '';
  for (let at = 0; at < line.length; at++) {
    const two = line.slice(at, at + 2);
    if (inComment) {
      if (two === '*/') [inComment, at] = [false, at + 1];
    } else if (two === '/*') [inComment, at] = [true, at + 1];
    else if (two === '//') break;
    else if (line[at] === '"' || line[at] === "'") at = endOfText(line, at);
    else {
      const character = line[at] ?? '';
      code += character;
      braces += character === '{' ? 1 : character === '}' ? -1 : 0;
      parentheses += character === '(' ? 1 : character === ')' ? -1 : 0;
    }
  }
  return { after: { braces: Math.max(braces, 0), parentheses: Math.max(parentheses, 0), inComment }, code };
}

/** The place of the quotation mark that ends a text. */
function endOfText(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === line[start]) return at;
  }
  return line.length;
}
