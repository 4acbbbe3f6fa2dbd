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
