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
      named = nameIn(line) ?? named;
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

/** `bpf` of `SYSCALL_DEFINE3(bpf, …)` too; undefined on a line that begins no function. */
function nameIn(line: string): string | undefined {
  const [, ofMacro] = /^[A-Z][A-Z0-9_]+\((\w+)/.exec(line) ?? [];
  if (ofMacro !== undefined) return ofMacro;
  return /^[a-z_].*?\b(\w+)\(/.exec(line)?.[1];
}

/** The function that has the text or, where it begins above one, its end; the text stands in the file just once; undefined where it is in none, or not there. */
export function functionOf(text: string, find: string): string | undefined {
  const at = text.indexOf(find);
  if (at < 0) return undefined;
  const lineAt = (position: number) => text.slice(0, position).split('\n').length - 1;
  const [first, last] = [lineAt(at + find.search(/\S/)), lineAt(at + find.trimEnd().length)];
  return bodyLines(text.split('\n')).find(({ index }) => index >= first && index <= last)?.function;
}
