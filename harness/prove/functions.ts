/** A line of a C file within the body of a function. */
export interface BodyLine {
  /** Counted from 0. */
  readonly index: number;
  readonly function: string;
  readonly comment: boolean;
}

/** The lines between a function's braces, in kernel style: those stand alone in the first column. */
export function bodyLines(lines: readonly string[]): BodyLine[] {
  const found: BodyLine[] = [];
  let named = '';
  let inside = false;
  let comment = false;
  for (const [index, line] of lines.entries()) {
    if (!inside) {
      named = /^[a-z_].*?\b(\w+)\(/.exec(line)?.[1] ?? named;
      inside = line === '{';
    } else if (line === '}') {
      inside = false;
    } else {
      found.push({ index, function: named, comment: comment || /^\s*\/[/*]/.test(line) });
      comment = (comment || line.includes('/*')) && !line.includes('*/');
    }
  }
  return found;
}

/** The function that has the text, which stands in the file just once; undefined where it is in none, or not there. */
export function functionOf(text: string, find: string): string | undefined {
  const at = text.indexOf(find);
  if (at < 0) return undefined;
  const first = text.slice(0, at + find.search(/\S/)).split('\n').length - 1;
  return bodyLines(text.split('\n')).find(({ index }) => index === first)?.function;
}
