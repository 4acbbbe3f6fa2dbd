import type { Splat } from '../../expect/outcome.ts';

/** What printk puts before a line: `[   11.597506] `, with CONFIG_PRINTK_CALLER `[    4.105203][    T1] `. */
const TIMESTAMP = /^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/;

/** The places of those console lines that splats tell already. */
export function splatLines(console: readonly string[], splats: readonly Splat[]): number[] {
  const told = new Set(splats.flatMap(({ text }) => text.map((line) => line.trim())));
  told.delete('');
  return [...console.keys()].filter((place) => told.has((console[place] ?? '').replace(TIMESTAMP, '').trim()));
}

/** Registers and the bytes of the code, of the kernel and of the program that called it. */
const REGISTERS =
  /^(?:Code: |RSP: |R[A-D]X: |RBP: |R\d\d: |FS: |CS: |CR2: |DR\d: |PKRU: |RIP: 0033:|ORIG_RAX|Modules linked in:|PGD )/;

/** The lines of a splat that a person reads: without registers, and without frames that the unwinder does not vouch for. */
export function withoutRegisters(text: readonly string[]): string[] {
  return text.filter((line) => !REGISTERS.test(line) && !/^\s+\? /.test(line));
}
