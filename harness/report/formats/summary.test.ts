import { expect, test } from 'vitest';
import type { CaseResult } from '../../run/events.ts';
import { sampleRun } from '../sample-run.ts';
import { describe } from '../text/failure.ts';
import { summary } from './summary.ts';

const started = sampleRun.find((event) => event.type === 'run-started');
const failed = sampleRun.flatMap((event) =>
  event.type === 'case-finished' && event.result.verdict === 'FAIL' ? [event.result] : [],
)[0];
const huge = 'x'.repeat(1_000_000);

function failure(name: string, reason: string): CaseResult {
  if (failed === undefined) throw new TypeError('the sample run has a FAIL');
  return { ...failed, case: name, reason };
}

test('one failure of a megabyte is shortened and hides no other', () => {
  if (started === undefined) throw new TypeError('the sample run starts');
  const results = [failure('group/huge', huge), ...['a', 'b', 'c'].map((name) => failure(`group/${name}`, 'small'))];
  const cases = results.map((result) => ({ result, console: '', transcript: '' }));
  const page = summary({ started, state: 'finished', durationMs: 1, cases });
  for (const { case: name } of results) expect(page).toContain(`<code>${name}</code>`);
  expect(page).not.toContain('not shown');
  expect(page.length).toBeLessThan(100_000);
});

test('on the terminal a failure of a megabyte has no line of more than 2,000 characters', () => {
  const lines = describe(failure('group/huge', huge), ({ version }) => version);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(2_000);
});
