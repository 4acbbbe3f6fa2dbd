import * as z from 'zod';
import type { Counts } from './part-counts.ts';

const MESSAGE_LINES = 3;

/** The fields of vitest's JSON report that are read here. */
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/**
 * Reads vitest's JSON report: the numbers of tests, and a line that begins with `failed: ` for each failed test and for each file
 * that could not be loaded.
 * @param text undefined where vitest wrote no report
 * @param exitCode vitest's; null where a signal ended it
 */
export function readReport(
  text: string | undefined,
  exitCode: number | null,
): Counts & { readonly failures: readonly string[] } {
  if (text === undefined) return { passed: 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, failures: [] };
  const report = Report.parse(JSON.parse(text));
  // A file that could not be loaded has no failed test, but is a failure.
  const atLeast = report.numFailedTestSuites > 0 || exitCode !== 0 ? 1 : 0;
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, atLeast),
    skipped: report.numPendingTests,
    failures: report.testResults.flatMap(({ name, status, message, assertionResults }) => {
      const wrong = assertionResults.filter((test) => test.status === 'failed');
      if (status === 'failed' && wrong.length === 0) return [`failed: ${name}: ${oneLine(message)}`];
      return wrong.map((test) => `failed: ${name}: ${test.fullName}: ${oneLine(test.failureMessages[0] ?? '')}`);
    }),
  };
}

function oneLine(message: string): string {
  return message.split('\n').slice(0, MESSAGE_LINES).join(' ');
}
