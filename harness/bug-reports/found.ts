import type { AskedSplat } from './splat/asked-splat.ts';
import type { Excerpt } from './text/c-programs.ts';
import type { Command } from './text/commands.ts';
import type { CompileLine } from './text/compile-line.ts';

/** Something in a report that can be run. `where` names its place for people: `lines 12–40 of the text`. */
export type Found = FoundProgram | FoundScript | FoundCommands | FoundSelftest;

/** A program in C. */
export interface FoundProgram {
  readonly kind: 'program';
  readonly text: string;
  readonly where: string;
  /** How the report says that it is compiled. */
  readonly compile: CompileLine | undefined;
  /** Commands among which it is run, if the report shows any. */
  readonly commands: readonly Command[];
}

/** A script with a first line that names its interpreter. */
export interface FoundScript {
  readonly kind: 'script';
  readonly text: string;
  readonly where: string;
}

/** Commands of a shell. */
export interface FoundCommands {
  readonly kind: 'commands';
  readonly commands: readonly Command[];
  readonly where: string;
}

/** A test that a patch adds to the kernel's selftests. */
export interface FoundSelftest {
  readonly kind: 'selftest';
  readonly text: string;
  readonly where: string;
  /** Its folder below tools/testing/selftests: `mount_setattr`. */
  readonly target: string;
  readonly isScript: boolean;
  /** What the patch adds to the Makefile of the target. */
  readonly makefile: string;
  /** Headers that the patch adds beside it, by their names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What a report contains. */
export interface Report {
  /** `a mail: SUBJECT`. */
  readonly form: string;
  readonly found: readonly Found[];
  /** The splat that it quotes. */
  readonly splat: AskedSplat | undefined;
  /** What else is in it, and was not taken, each as a line. */
  readonly notes: readonly string[];
}

/** `lines 12–40 of the text` */
export function placeOf({ from, to }: Pick<Excerpt, 'from' | 'to'>, source: string): string {
  return from === to ? `line ${from} of ${source}` : `lines ${from}–${to} of ${source}`;
}
