import type { Splat } from '../../expect/outcome.ts';

/** What printk puts before a line: `[   11.597506] `, with CONFIG_PRINTK_CALLER `[    4.105203][    T1] `. */
const TIMESTAMP = /^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/;

/** The places of those console lines that splats tell already. */
export function splatLines(console: readonly string[], splats: readonly Splat[]): number[] {
  const told = new Set(splats.flatMap(({ text }) => text.map((line) => line.trim())));
  told.delete('');
  return [...console.keys()].filter((place) => told.has((console[place] ?? '').replace(TIMESTAMP, '').trim()));
}
