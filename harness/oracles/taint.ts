/** Letters of the taint flags by bit number (Documentation/admin-guide/tainted-kernels.rst). */
const LETTERS = 'PFSRMBUDAWCIOELKXTNJ';

/** The letters of a value of /proc/sys/kernel/tainted, lowest bit first; a bit without a letter is given as its number. */
export function taintLetters(value: number): string[] {
  const letters: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if (Math.floor(value / 2 ** bit) % 2 === 1) letters.push(LETTERS[bit] ?? String(bit));
  }
  return letters;
}
