/**
 * The lines of an output, without their ends. A carriage return ends a line as well: programs overwrite their progress with it.
 * Bytes that are not UTF-8 become U+FFFD; colours and NUL bytes are left out.
 */
export function* linesOf(output: Uint8Array | string): Generator<string> {
  const text = textOf(output);
  let at = 0;
  while (at < text.length) {
    LINE_END.lastIndex = at;
    const end = LINE_END.exec(text)?.index ?? text.length;
    yield text.slice(at, end);
    at = end + 1;
  }
}

const LINE_END = /[\n\r]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COLOURS = /\x1b\[[\d;]*[A-Za-z]|\0/g;

function textOf(output: Uint8Array | string): string {
  const text = typeof output === 'string' ? output : new TextDecoder('utf-8', { ignoreBOM: true }).decode(output);
  return text.replace(/^\ufeff/, '').replace(COLOURS, '');
}
