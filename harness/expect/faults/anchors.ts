/** True when each alternative of the regular expression is held at one end of the text at least. */
export function isAnchored(source: string): boolean {
  return alternatives(source).every((part) => /^\^/.test(part) || /(^|[^\\])(\\\\)*\$$/.test(part));
}

/** The alternatives outside of any group: `^a|b$` has two, `^(a|b)$` one. */
function alternatives(source: string): string[] {
  const parts = [''];
  let depth = 0;
  let inClass = false;
  for (const [token] of source.matchAll(/\\.|[\s\S]/g)) {
    if (token === '[') inClass = true;
    else if (token === ']') inClass = false;
    else if (!inClass && token === '(') depth++;
    else if (!inClass && token === ')') depth--;
    if (token === '|' && depth === 0 && !inClass) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token}`);
  }
  return parts;
}

/**
 * True for a pattern that no text can fit, as far as can be told without solving it: each of its alternatives has an empty
 * negative lookahead `(?!)`, an empty class `[]`, or something to read before a `^` or behind a `$`.
 */
export function isImpossible(source: string, flags: string): boolean {
  return alternatives(source).every((part) => isImpossibleAlternative(part, flags.includes('m')));
}

function isImpossibleAlternative(part: string, multiline: boolean): boolean {
  const tokens = [...part.matchAll(/\\.|\[\^?\](?=\])[^\]]*\]|\[(?:\\.|[^\]\\])*\]|\(\?!\)|[\s\S]/g)].map(
    ([token]) => token,
  );
  let depth = 0;
  let read = false;
  let ended = false;
  for (const [index, token] of tokens.entries()) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    const mayBeLeftOut = /^[*?{]$/.test(tokens[index + 1] ?? '');
    if (depth > 0 || mayBeLeftOut) continue;
    if (token === '(?!)' || token === '[]') return true;
    if (!multiline && token === '^' && read) return true;
    if (!multiline && token === '$') ended = true;
    const reads = !/^([\^$()*+?{},|]|\\[bB]|\(\?!\))$/.test(token);
    if (reads && ended) return true;
    if (reads) read = true;
  }
  return false;
}
