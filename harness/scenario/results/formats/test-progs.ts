import { Names } from '../names.ts';
import { NO_RESULT, type Reading, type Subtest, type SubtestStatus } from '../results.ts';

const STATUSES: Readonly<Record<string, SubtestStatus>> = { OK: 'pass', FAIL: 'fail', SKIP: 'skip' };

/**
 * Reads what the BPF selftests' test_progs prints: `#1/2   test/subtest:OK`, then `#1     test:OK`, at the end
 * `Summary: 1/2 PASSED, 0 SKIPPED, 0 FAILED`. With failures, it prints all logs and the results of those that failed again.
 *
 * Source: tools/testing/selftests/bpf/test_progs.c
 */
export function readTestProgs(lines: readonly string[]): Reading {
  const names = new Names();
  const subtests: Subtest[] = [];
  const withSubtests = new Set<string>();
  let diagnostics: string[] = [];
  let again = false;
  let summary: Summary | undefined;
  for (const line of lines) {
    const result = /^#(\d+)(\/\d+)?\s+(\S.*?):(OK|FAIL|SKIP)\b(.*)$/.exec(line);
    summary = summaryOn(line) ?? summary;
    if (/^All error logs:\s*$/.test(line)) again = true;
    if (again) continue;
    if (result === null) {
      if (line.trim() !== '') diagnostics.push(line.trimEnd());
      continue;
    }
    const [, number = '', within, name = '', word = '', rest = ''] = result;
    if (within !== undefined) withSubtests.add(number);
    const isParent = within === undefined && withSubtests.has(number);
    const kept = diagnostics.slice(-50);
    subtests.push({
      name: names.take(isParent ? `${name}/` : name),
      status: STATUSES[word] ?? 'fail',
      ...(rest.trim() === '' ? {} : { comment: rest.trim() }),
      ...(kept.length === 0 ? {} : { diagnostics: kept }),
    });
    diagnostics = [];
  }
  return { subtests, problems: summaryProblems(summary, subtests) };
}

interface Summary {
  readonly passed: number;
  readonly failed: number;
}

function summaryOn(line: string): Summary | undefined {
  const found = /^Summary: (\d+)\/\d+ PASSED, \d+ SKIPPED, (\d+) FAILED/.exec(line);
  return found === null ? undefined : { passed: Number(found[1]), failed: Number(found[2]) };
}

function summaryProblems(summary: Summary | undefined, subtests: readonly Subtest[]): string[] {
  if (summary === undefined) return ['the summary at the end is missing'];
  if (subtests.length === 0) return [NO_RESULT];
  const failed = subtests.some(({ status }) => status === 'fail');
  if (summary.failed > 0 && !failed) return [`the summary counts ${summary.failed} failed, the lines none`];
  return summary.passed > subtests.filter(({ status }) => status === 'pass').length
    ? [`the summary counts ${summary.passed} passed, the lines fewer`]
    : [];
}
