/**
 * Compares what a report shows with what was printed.
 * - `numbers`: only numbers differ, which may be those of the bug, or pids and times
 * @param isCut more may have been printed than the report shows
 */
export function comparePrinted(
  shown: readonly string[],
  printed: readonly string[],
  isCut: boolean,
): 'same' | 'numbers' | 'other' {
  const wanted = cleaned(shown);
  if (wanted.length === 0) return 'other'; // nothing but the kernel's own lines
  const all = cleaned(printed);
  const here = isCut && !wanted.some(isGap) ? all.slice(0, wanted.length) : all;
  if (fits(wanted, here)) return 'same';
  const bare = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\d+/g, '0'));
  return fits(bare(wanted), bare(here)) ? 'numbers' : 'other';
}

/** `[...]`: something was left out. */
function isGap(line: string): boolean {
  return /^\s*\[?(?:\.\.\.|…|snip)\]?\s*$/.test(line);
}

/** Without the kernel's log, remarks, addresses and blanks that mean nothing. */
function cleaned(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !/^\s*(?:<\d+>)?\[ *\d+\.\d{3,}\]/.test(line))
    .map((line) =>
      line
        .replace(/\s+(?:<-{1,}|<={1,}|←|\^\^+).*$/, '')
        .replaceAll(/\b0x[0-9a-f]{8,}\b/gi, '0xADDRESS')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** Whether lines are those that are wanted, with anything in the place of a gap. */
function fits(wanted: readonly string[], lines: readonly string[]): boolean {
  const [first, ...others] = wanted;
  if (first === undefined) return lines.length === 0;
  if (!isGap(first)) return lines[0] === first && fits(others, lines.slice(1));
  if (others.length === 0) return true;
  return lines.some((_, index) => fits(others, lines.slice(index)));
}
