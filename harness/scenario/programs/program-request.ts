import * as z from 'zod';
import { CONVENTIONS } from '../results/conventions.ts';

const text = z.string().min(1, 'it is empty');
/** Words may hold anything but NUL, which ends a string of the system. */
const word = z.string().regex(/^[^\0]*$/, 'it holds a NUL byte');
const texts = z.array(text).readonly();
const words = z.array(word).readonly();
const file = z.string().regex(/^[^:]+:[^:]+(:[0-7]{3,4})?$/, 'a file is written as FROM:TO or FROM:TO:MODE');

/** Checks what stands in a file; the type is Program. */
export const ProgramShape = z.strictObject({
  convention: z
    .enum(CONVENTIONS, `a convention is ${CONVENTIONS.slice(0, -1).join(', ')} or ${CONVENTIONS.at(-1)}`)
    .exactOptional(),
  command: text.exactOptional(),
  sources: texts.exactOptional(),
  include: texts.exactOptional(),
  flags: texts.exactOptional(),
  libraries: texts.exactOptional(),
  make: z.strictObject({ folder: text.exactOptional(), target: text }).readonly().exactOptional(),
  args: words.exactOptional(),
  env: z
    .record(z.string().regex(/^[^=\0]+$/, 'the name of a variable has no = and is not empty'), word)
    .readonly()
    .exactOptional(),
  workdir: z.string().regex(/^\//, 'it does not begin with /').exactOptional(),
  files: z.array(file).readonly().exactOptional(),
}) satisfies z.ZodType<Program>;

/** A program of somebody else, as expect.ts, a suite or the command line describes it. Paths are relative to the case's folder. */
export interface Program {
  /** What its exit statuses mean. Default: kselftest if its output is KTAP or TAP, ltp if it is LTP's, else plain. */
  readonly convention?: (typeof CONVENTIONS)[number];
  /** The file to run: a binary, or a script whose first line says with what. */
  readonly command?: string;
  /** C files that are compiled and linked into the program. */
  readonly sources?: readonly string[];
  /** Folders with headers. */
  readonly include?: readonly string[];
  /** Options of the compiler. */
  readonly flags?: readonly string[];
  /** Libraries, without `lib` and ending: `cap`. */
  readonly libraries?: readonly string[];
  /** The target of a Makefile that makes the program. */
  readonly make?: { readonly folder?: string; readonly target: string };
  /** Arguments. */
  readonly args?: readonly string[];
  /** Environment variables, added to those of the guest. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder in the guest that it runs in; default: its own, /opt/program. */
  readonly workdir?: string;
  /** Files and folders that it needs, `FROM:TO` or `FROM:TO:MODE`; TO is relative to its own folder in the guest. */
  readonly files?: readonly string[];
}
