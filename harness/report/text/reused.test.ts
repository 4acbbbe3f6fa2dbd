import { expect, test } from 'vitest';
import type { CaseResult } from '../../run/events.ts';
import { reusedLines } from './reused.ts';

const kernel = { id: 'k', spec: '6.12', version: '6.12.118', package: null };
const one = (name: string, more: Partial<CaseResult> = {}) => ({
  case: name,
  kernel,
  verdict: 'PASS' as const,
  ...more,
});
const at = '2026-05-01T10:00:00.000Z';

test('verdicts on outcomes of earlier runs are counted, and cases that differ from one are named', () => {
  const results = [
    one('a', { reused: { at } }),
    one('b'),
    one('c', { earlier: { at, verdict: 'FAIL', reason: 'root.uid: expected 0, observed 1' } }),
  ];
  expect(reusedLines(results, ({ version }) => version)).toEqual([
    `unstable: c on 6.12.118 is PASS; with the same inputs it was FAIL (${at}: root.uid: expected 0, observed 1)`,
    '1 of 3 verdicts are on outcomes of earlier runs, of which nothing has changed',
  ]);
});

test('of a run of its own nothing is said', () => {
  expect(reusedLines([one('a'), one('b')], ({ version }) => version)).toEqual([]);
});
