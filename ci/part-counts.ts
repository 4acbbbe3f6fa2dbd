/** What the parts of a test run add up to. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A command that has ended. */
export interface Part {
  readonly command: string;
  readonly exitCode: number;
  /** Its own last counting line, if it printed one. */
  readonly counts: Counts | undefined;
  /** The lines that it printed which begin with `failed: `. */
  readonly failures: readonly string[];
}

/** Reads a line such as `3 passed, 0 failed, 1 skipped`. */
export function countsOf(line: string): Counts | undefined {
  const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/.exec(line);
  if (found === null) return undefined;
  const [, passed, failed, skipped = 0] = found;
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

/** The sum, and a line for each failure; a failed command that named none is named itself. */
export function summary(parts: readonly Part[]): Counts & { readonly failures: readonly string[] } {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const failures = new Set<string>();
  for (const { command, exitCode, counts, failures: named } of parts) {
    const own = counts ?? { passed: exitCode === 0 ? 1 : 0, failed: 0, skipped: 0 };
    const failed = exitCode === 0 ? own.failed : Math.max(own.failed, 1);
    sum.passed += own.passed;
    sum.failed += failed;
    sum.skipped += own.skipped;
    for (const line of named) failures.add(line);
    if (failed > 0 && named.length === 0) failures.add(`failed: ${command}${endOf(exitCode)}`);
  }
  return { ...sum, failures: [...failures] };
}

/** Exit codes of `timeout` after the limit: 124, or 137 where the command had to be killed. */
function endOf(exitCode: number): string {
  if (exitCode === 0) return '';
  return `: exit code ${exitCode}${exitCode === 124 ? ', it took longer than its limit' : ''}`;
}
