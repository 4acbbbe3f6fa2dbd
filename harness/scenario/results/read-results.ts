import { conclude } from './conclude.ts';
import type { Convention } from './conventions.ts';
import { detectFormats } from './detect.ts';
import { readGoogleTest } from './formats/googletest.ts';
import { readLtp } from './formats/ltp.ts';
import { readPlain } from './formats/plain.ts';
import { readTap } from './formats/tap.ts';
import { readTestProgs } from './formats/test-progs.ts';
import { linesOf } from './lines.ts';
import { type Format, isFailure, type ProgramEnd, type ProgramResults, type Reading } from './results.ts';

const READERS: Readonly<Record<Format, (lines: readonly string[], end: ProgramEnd) => Reading>> = {
  ktap: readTap,
  tap: readTap,
  ltp: readLtp,
  googletest: readGoogleTest,
  test_progs: readTestProgs,
  plain: readPlain,
};

/** What is known of a program beside its output. */
export interface ResultsOptions {
  /** What its exit statuses mean. Default: as the format has it: kselftest for KTAP and TAP, ltp for LTP, else plain. */
  readonly convention?: Convention | undefined;
}

/**
 * What a program said of itself: its subtests, and its status as a whole. A program that prints a failed subtest has failed,
 * whatever its exit status is.
 * @param output all that it printed; bytes that are not UTF-8 do no harm
 */
export function readResults(
  output: Uint8Array | string,
  end: ProgramEnd,
  { convention }: ResultsOptions = {},
): ProgramResults {
  const lines = [...linesOf(output)];
  const [format, ...others] = detectFormats(lines);
  const reading = READERS[format](lines, end);
  const besides = others
    .filter((other) => READERS[other] !== READERS[format])
    .flatMap((other) => problemsOf(other, READERS[other](lines, end)));
  const whole = { ...reading, problems: [...reading.problems, ...besides] };
  return conclude(format, whole, end, convention ?? conventionOf(format));
}

/** What is wrong with lines of another format than the program's own: those of a helper, or of the program if a helper hides it. */
function problemsOf(format: Format, { subtests, problems }: Reading): string[] {
  const failed = subtests.filter(({ status }) => isFailure(status)).map(({ name }) => name);
  const names = `${failed.slice(0, 3).join(', ')}${failed.length > 3 ? ` and ${failed.length - 3} more` : ''}`;
  const all = failed.length === 0 ? problems : [`${names} failed`, ...problems];
  return all.map((problem) => `the output has lines of ${format} too: ${problem}`);
}

function conventionOf(format: Format): Convention {
  if (format === 'ktap' || format === 'tap') return 'kselftest';
  return format === 'ltp' ? 'ltp' : 'plain';
}
