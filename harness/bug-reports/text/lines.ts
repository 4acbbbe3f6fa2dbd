/** A line of a text, without the marks that a mail program puts before what it quotes. */
export interface TextLine {
  /** How often it is quoted: 2 for `> > text`. */
  readonly depth: number;
  readonly text: string;
}

/** The lines of a text, and which of them are known for something: a program, a patch, a command. */
export class Lines {
  readonly all: readonly TextLine[];
  readonly #taken = new Set<number>();
  readonly #fenced = new Set<number>();

  constructor(text: string) {
    this.all = text.split(/\r?\n/).map((line) => {
      const marks = /^(?:> ?)*/.exec(line)?.[0] ?? '';
      // Mail programs send blanks of code as no-break spaces.
      return { depth: marks.replaceAll(' ', '').length, text: line.slice(marks.length).replaceAll('\u00a0', ' ') };
    });
    let isFenced = false;
    for (const [index, { text: line }] of this.all.entries()) {
      if (/^\s*(?:```|~~~)/.test(line)) isFenced = !isFenced;
      else if (isFenced) this.#fenced.add(index);
    }
  }

  /** True between two lines of ```. */
  isFenced(index: number): boolean {
    return this.#fenced.has(index);
  }

  take(from: number, to: number): void {
    for (let index = from; index < to; index++) this.#taken.add(index);
  }

  isTaken(index: number): boolean {
    return this.#taken.has(index);
  }
}

/** The end of a mail's text, and marks by which people set code apart. */
export function isBoundary(text: string): boolean {
  return /^\s*(?:```|~~~|-- $|-{3,}\s*(?:8<|>8|%<)|[-=]{5,}|-{5}BEGIN|_{20,})/.test(text);
}

/** A line of prose: a sentence, a greeting, the line above a quotation. */
export function isProse(text: string): boolean {
  if (/^[A-Z][a-z']*,? [a-z']+,? \(?[a-z']+/.test(text)) return true;
  if (/[;{}#=()<>|\\`$]|^\s*(?:\/\/|\/\*|\*)/.test(text)) return /^On .{10,} wrote:$/.test(text.trim());
  return /^[A-Z][a-z']*,?(?: [\w'",.:-]+){2,}|^(?:Hi|Hello|Thanks|Regards|Best|Cheers)\b/.test(text);
}
