/** One line of a runtest file. */
export interface RuntestLine {
  /** Its tag, unique in the file: `mmap10_1`. */
  readonly tag: string;
  /** For a shell, as LTP's own runners take it. */
  readonly command: string;
  /** The first program in it: `mmap10`. */
  readonly program: string;
}

/** Reads a file of the folder runtest/ of LTP: a tag and a command in each line. */
export function readRuntest(text: string): RuntestLine[] {
  return text.split('\n').flatMap((line) => {
    const [, tag = '', command = ''] = /^\s*([^#\s]\S*)\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (tag === '') return [];
    const program = command.split(/\s+/).find((word) => !/^\w+=/.test(word)) ?? '';
    return [{ tag, command, program }];
  });
}

/** Each run of characters that can be the name of a program. */
export function wordsOf(text: string): string[] {
  return text.match(/[\w.+-]+/g) ?? [];
}
