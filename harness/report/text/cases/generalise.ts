/** A matcher's call: its name and the text of its argument. */
export interface Generalised {
  readonly name: 'atLeast' | 'matching';
  readonly argument: string;
}

/** What two values have in common that a matcher can hold a kernel to; undefined where that is nothing worth saying. */
export function generalise(first: unknown, second: unknown): Generalised | undefined {
  if (typeof first === 'number' && typeof second === 'number') {
    const least = Math.min(first, second);
    return least < 0 ? undefined : { name: 'atLeast', argument: least > 0 ? '1' : '0' };
  }
  if (typeof first !== 'string' || typeof second !== 'string') return undefined;
  for (const { part, pattern } of PARTS) {
    const source = common(first.split(part), second.split(part), pattern);
    if (source !== undefined) return { name: 'matching', argument: `/^${source}$/` };
  }
  return undefined;
}

/** What may vary within text, narrow before wide. */
const PARTS = [
  { part: /(\d+)/, pattern: '\\d+' },
  { part: /([0-9A-Fa-f]*\d[0-9A-Fa-f]*)/, pattern: '[0-9A-Fa-f]+' },
  { part: /([^\s:,=/]+)/, pattern: '[^\\s:,=\\/]+' },
];

/** A regular expression for both, where they differ in no piece but those of odd index; the pieces of `split` by a group. */
function common(first: readonly string[], second: readonly string[], pattern: string): string | undefined {
  if (first.length !== second.length || first.length < 2) return undefined;
  const pieces = first.map((piece, index) => {
    if (piece === second[index]) return escapePattern(piece);
    return index % 2 === 1 ? pattern : undefined;
  });
  return pieces.includes(undefined) ? undefined : pieces.join('');
}

function escapePattern(text: string): string {
  return text
    .replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(/[\u2028\u2029]/g, '.');
}
