import { expect, test } from 'vitest';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { judgeScenario } from './scenario.ts';

function ended(exitCode: number): ScenarioRun {
  const oracles = { splats: [], leaks: [], taints: [], counters: [], unavailable: {}, unproven: {} };
  const observations = { exitCode, signal: null, output: '' };
  return { console: '', failure: undefined, outcome: { observations, oracles } };
}
/** A run that asks for a splat, and prints the one with this function or none. */
function asking(frame?: string): ScenarioRun {
  const splat = (name: string) => ({ kind: 'BUG', title: `BUG: at ${name}`, fingerprint: [name] });
  const seen = frame === undefined ? [] : [{ ...splat(frame), at: null, state: 'whole' as const, text: [] }];
  const run = ended(0);
  if ('unmet' in run) return run;
  const oracles = { ...run.outcome.oracles, splats: seen };
  return { ...run, outcome: { ...run.outcome, oracles }, asked: splat('asked_function') };
}

const [fine, failed, unknown] = [ended(0), ended(1), ended(127)];

test.each([
  [[failed], [fine], 0, 'the patch fixes it'],
  [[fine], [failed], 1, 'the patch makes it worse'],
  [[failed], [failed], 1, 'the patch does not change whether it is reproduced'],
  [[fine], [fine], 0, 'says nothing about a fix'],
  [[fine, failed], [fine, fine], 0, 'the patch fixes it'],
  [[failed], [unknown], 2, 'undetermined: without the patch reproduced, with the patch undetermined'],
  [[unknown], [fine], 2, 'undetermined: without the patch undetermined'],
  [[failed], [], 2, 'with the patch undetermined'],
  [[asking('asked_function')], [asking()], 0, 'the patch fixes it'],
  [[asking('asked_function')], [asking('another_function'), asking()], 2, 'with the patch undetermined'],
])('%#', (before, after, exitCode, text) => {
  const verdict = judgeScenario(before, after);
  expect(verdict.exitCode).toBe(exitCode);
  expect(verdict.text.split('\n')[0]).toContain(text);
});
