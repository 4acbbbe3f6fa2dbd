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
  /** Number of a test → whether a subtest of it failed. */
  const parents = new Map<string, boolean>();
  const counted = { tests: 0, failedTests: 0, passedSubtests: 0 };
  const contradictions: string[] = [];
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
    const status = STATUSES[word] ?? 'fail';
    if (within === undefined) {
      counted.tests++;
      if (status === 'fail') counted.failedTests++;
      else if (parents.get(number) === true) contradictions.push(`${name} is ${word} although a subtest of it failed`);
    } else {
      if (status === 'pass') counted.passedSubtests++;
      parents.set(number, parents.get(number) === true || status === 'fail');
    }
    const isParent = within === undefined && parents.has(number);
    const kept = diagnostics.slice(-50);
    subtests.push({
      name: names.take(isParent ? `${name}/` : name),
      status,
      ...(rest.trim() === '' ? {} : { comment: rest.trim() }),
      ...(kept.length === 0 ? {} : { diagnostics: kept }),
    });
    diagnostics = [];
  }
  return { subtests, problems: [...contradictions, ...summaryProblems(summary, counted)] };
}

/** What the lines say: results of tests, failed ones among them, and subtests that passed. */
interface Counted {
  readonly tests: number;
  readonly failedTests: number;
  readonly passedSubtests: number;
}

/** Of the end of calculate_summary_and_print_errors(): tests with and without a failure, and subtests that passed. */
interface Summary {
  readonly passed: number;
  readonly passedSubtests: number;
  readonly failed: number;
}

function summaryOn(line: string): Summary | undefined {
  const found = /^Summary: (\d+)\/(\d+) PASSED, \d+ SKIPPED, (\d+) FAILED/.exec(line);
  if (found === null) return undefined;
  return { passed: Number(found[1]), passedSubtests: Number(found[2]), failed: Number(found[3]) };
}

/** A test with a skip and no failure counts as passed there. */
function summaryProblems(summary: Summary | undefined, counted: Counted): string[] {
  if (summary === undefined) return ['the summary at the end is missing'];
  if (counted.tests + counted.passedSubtests + counted.failedTests === 0) return [NO_RESULT];
  const { passed, passedSubtests, failed } = summary;
  const tests = passed + failed;
  return [
    ...(failed === counted.failedTests
      ? []
      : [`the summary counts ${failed} failed, the lines ${counted.failedTests}`]),
    ...(tests === counted.tests ? [] : [`the summary counts ${tests} tests, the lines ${counted.tests}`]),
    // A test of the framework itself prints results and takes them back.
    ...(passedSubtests <= counted.passedSubtests
      ? []
      : [`the summary counts ${passedSubtests} passed subtests, the lines ${counted.passedSubtests}`]),
  ];
}
