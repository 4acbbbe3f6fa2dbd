import type { ProgramEnd, Reading } from '../results.ts';

const FAILED = /^(?:\S+: )?\[ *FAIL(?:ED)? *\]/;
const SKIPPED = /^(?:\S+: )?\[ *SKIP *\]\s*(.*)$/;
const PASSED = /\[ *(?:OK|PASS(?:ED)?) *\]/;
/**
 * As bash reports a program that crashed, with its line and pid, and dash, with nothing else on the line. One that was killed or terminated
 * may be one that the script is done with.
 */
const CRASHED =
  /(?:line \d+: +\d+ |^)(Aborted|Bus error|Floating point exception|Illegal instruction|Segmentation fault)(?: \(core dumped\))?(?:$| {2,})/;
/**
 * `./a.sh: line 60: ./memfd_test: No such file or directory` of bash, `./a.sh: 3: ./fuse_mnt: not found` of dash and busybox. Bash says
 * "No such file" of a redirection too, to a file that a kernel need not have.
 */
const NOT_THERE = /(?: line)? \d+: (\.\/\S+(?=: No such file or directory$)|\S+(?=: (?:command )?not found$))/;

/**
 * Reads output without a known format. The exit status decides. If it is 0, lines can still show a failure or a skip: scripts ignore a
 * program that crashed (memfd/run_hugetlbfs_test.sh) or is missing (safesetid/safesetid-test.sh), print `[FAIL]` (zram/zram02.sh), or
 * skip everything with `[SKIP]` (fpu/test_fpu).
 */
export function readPlain(lines: readonly string[], { exitCode }: ProgramEnd): Reading {
  if (exitCode !== 0) return { subtests: [], problems: [] };
  const crashes = lines.flatMap((line) => CRASHED.exec(line)?.[1] ?? []);
  const absent = lines.flatMap((line) => NOT_THERE.exec(line)?.[1] ?? []);
  const problems = [
    ...crashes.map((how) => `a program that it started crashed: ${how}`),
    ...[...new Set(absent)].map((name) => `a program that it starts is missing: ${name}`),
    ...(lines.some((line) => FAILED.test(line)) ? ['exit status 0 although it printed [FAIL]'] : []),
  ];
  const [skipped] = lines.some((line) => PASSED.test(line))
    ? []
    : lines.flatMap((line) => SKIPPED.exec(line)?.[1] ?? []);
  return { subtests: [], problems, ...(skipped !== undefined && { skipped }) };
}
