/** What a report says of how its program is compiled. */
export interface CompileLine {
  /** The name of the program: `repro` of `-o repro`. */
  readonly output: string | undefined;
  readonly flags: readonly string[];
  readonly libraries: readonly string[];
  /** Words that were left out. */
  readonly leftOut: readonly string[];
}

const COMPILER = /(?:^|[\s;&`$#("])(?:\S+-)?(?:gcc|g\+\+|cc|clang)(?:-\d+)? ([^\n`;&|")]*\.(?:c|cc|cpp)\b[^\n`;&|")]*)/;

/** Options that name no file and run no program. */
const FLAG =
  /^-(?:O[0-3sg]?|D\w+(?:=[\w".-]*)?|U\w+|std=[\w+]+|W(?!l,|p,|a,|rapper)[\w=+-]*|w|g|pthread|static|m(?:32|64|arch=[\w-]+)|f(?:no-)?[a-z][a-z-]*)$/;

/** The first line of a text that compiles a program in C: `gcc -O2 -o repro repro.c -lpthread`. */
export function readCompileLine(text: string): CompileLine | undefined {
  const words = COMPILER.exec(text)?.[1]?.trim().split(/\s+/);
  if (words === undefined || !words.every((word) => /^[-@]|[./]|^[\w+]+$/.test(word))) return undefined;
  if (!/^-|\.(?:c|cc|cpp)$/.test(words[0] ?? '')) return undefined; // "gcc 14 and repro.c"
  const flags: string[] = [];
  const libraries: string[] = [];
  const leftOut: string[] = [];
  let output: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '-o') output = words[++index];
    else if (/^-l[\w+-]+$/.test(word)) libraries.push(word.slice(2));
    else if (FLAG.test(word)) flags.push(word);
    else if (word.startsWith('-')) leftOut.push(word);
  }
  return { output: nameOf(output), flags, libraries, leftOut };
}

/** The last part of a path, if it is a plain name. */
export function nameOf(path: string | undefined): string | undefined {
  const name = path?.replace(/.*\//, '');
  return name !== undefined && /^\w[\w.-]*$/.test(name) ? name : undefined;
}
