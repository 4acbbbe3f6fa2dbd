import type { Verdict } from '../../expect/outcome.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** The colour of a verdict, which is always printed as a word as well. */
export const verdictStyle: Readonly<Record<Verdict, Style>> = {
  PASS: 'green',
  FAIL: 'red',
  XFAIL: 'yellow',
  XPASS: 'red',
  SKIP: 'cyan',
  ERROR: 'red',
};

/** Paints with ANSI codes, or leaves the text unchanged. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

/** Whether text for this stream may contain colours: on a terminal, unless NO_COLOR is set to anything but the empty string. */
export function usesColour(stream: { readonly isTTY?: boolean }, env: ColourEnvironment = process.env): boolean {
  return stream.isTTY === true && !env.NO_COLOR;
}

/** The painter for a stream; see usesColour. */
export function painterFor(stream: { readonly isTTY?: boolean }, env: ColourEnvironment = process.env): Paint {
  return painter(usesColour(stream, env));
}

type ColourEnvironment = { readonly NO_COLOR?: string | undefined };
