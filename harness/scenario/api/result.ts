import { type Errno, errnoName } from '../../expect/matchers/errno.ts';

/** The result of a system call: its value, or the name of its error. */
export interface ErrnoResult {
  /** The value that the kernel returned; -1 after an error. */
  readonly value: number;
  /** The name of the error (`ENOENT`, or `E4000` for a number without a name); null after success: errno(3). */
  readonly errno: Errno | `E${number}` | null;
}

/** Reads what the kernel returned: -4095 to -1 are errors. */
export function resultOf(returned: bigint): ErrnoResult {
  if (returned >= 0n || returned < -4095n) return { value: Number(returned), errno: null };
  const number = Number(-returned);
  return { value: -1, errno: errnoName(number) ?? `E${number}` };
}
