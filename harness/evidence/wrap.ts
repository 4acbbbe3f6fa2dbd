/** As mails and text files are read. */
const WIDTH = 75;

/** Prose as lines of at most 75 columns. A word that is longer, such as a path, has a line of its own. */
export function wrapped(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** A title, an empty line, and what is below. */
export function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, '', ...lines];
}
