import type { ProgramEnd, Reading } from '../results.ts';

const FAILED = /^(?:\S+: )?\[ *FAIL(?:ED)? *\]/;
const SKIPPED = /^(?:\S+: )?\[ *SKIP *\]\s*(.*)$/;
const PASSED = /\[ *(?:OK|PASS(?:ED)?) *\]/;
/** As bash and dash report a program that crashed. One that was killed or terminated may be one that the script is done with. */
const CRASHED = /line \d+: +\d+ (Aborted|Bus error|Floating point exception|Illegal instruction|Segmentation fault)\b/;

/**
 * Reads output in no known format: its exit status decides, unless it is 0 and lines say otherwise. Scripts lose the status of a program
 * that crashed (memfd/run_hugetlbfs_test.sh), print `[FAIL]` (zram/zram02.sh) or skip all of it with `[SKIP]` (fpu/test_fpu), and end with 0.
 */
export function readPlain(lines: readonly string[], { exitCode }: ProgramEnd): Reading {
  if (exitCode !== 0) return { subtests: [], problems: [] };
  const crashes = lines.flatMap((line) => CRASHED.exec(line)?.[1] ?? []);
  const problems = [
    ...[...new Set(crashes)].map((how) => `a program that it started crashed: ${how}`),
    ...(lines.some((line) => FAILED.test(line)) ? ['exit status 0 although it printed [FAIL]'] : []),
  ];
  const [skipped] = lines.some((line) => PASSED.test(line))
    ? []
    : lines.flatMap((line) => SKIPPED.exec(line)?.[1] ?? []);
  return { subtests: [], problems, ...(skipped !== undefined && { skipped }) };
}
