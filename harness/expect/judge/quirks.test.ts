import { describe, expect, test } from 'vitest';
import { type ExpectationOf, expectation, type Quirk, type UntypedScenario } from '../expectation.ts';
import { anyOf, byVersion, matching } from '../matchers/matchers.ts';
import { noReports, type Observed } from '../outcome.ts';
import { judge } from './judge.ts';

const link = 'https://git.kernel.org/torvalds/c/6c1752e0b6ca';
const quirk: Quirk = {
  title: 'a number overwrites the names before it',
  documented: 'values separated by colons add up',
  link,
  promised: { 'shown.mixed': 'map_create:prog_load' },
};
const does = { shown: { mixed: 'map_create', names: 'a:b' } };

function judged(seen: Record<string, Observed>, more: Partial<ExpectationOf<UntypedScenario>> = {}, version = '6.12') {
  return judge({
    expectation: expectation({ about: 'a', commit: 'b', outcome: does, quirks: [quirk], ...more }),
    outcome: { observations: seen, oracles: noReports },
    kernel: { version, config: null },
  });
}

describe('a quirk', () => {
  const kept = { shown: { ...does.shown, mixed: 'map_create:prog_load' } };
  const neither = { shown: { ...does.shown, mixed: 'prog_load' } };
  const promising = (promised: Quirk['promised']): { quirks: Quirk[] } => ({ quirks: [{ ...quirk, promised }] });
  const fixed = byVersion({ '6.12': 'map_create', '7.0': 'map_create:prog_load' });
  const rows: readonly [string, ReturnType<typeof judged>, string, string?][] = [
    ['that is seen', judged(does), 'PASS'],
    ['whose promise is kept', judged(kept), 'XPASS', 'changed: the kernel now keeps the promise: values separated'],
    ['that is neither seen nor fixed', judged(neither), 'FAIL', "shown.mixed: expected 'map_create'"],
    ['that was not observed', judged({ shown: { names: 'a:b' } }), 'FAIL', 'observed (nothing)'],
    ['fixed, beside a failure', judged({ shown: { ...kept.shown, names: 'a' } }), 'FAIL', 'shown.names'],
    ['that names nothing', judged(does, promising({ 'shown.mxied': 'x' })), 'ERROR', 'shown.mxied'],
    ['without a path', judged(does, promising({})), 'ERROR', 'names no observation'],
    ['that promises what is expected', judged(does, promising({ 'shown.mixed': 'map_create' })), 'ERROR', 'anyway'],
    ['whose promise fits it', judged(does, promising({ 'shown.mixed': matching(/^map/) })), 'ERROR', 'anyway'],
    [
      'whose promise is right as well',
      judged(kept, { outcome: { shown: { ...does.shown, mixed: anyOf('map_create', 'map_create:prog_load') } } }),
      'ERROR',
      'anyway',
    ],
    [
      'that cannot be told from its promise',
      judged(kept, {
        outcome: { shown: { ...does.shown, mixed: matching(/^map/) } },
        ...promising({ 'shown.mixed': matching(/load$/) }),
      }),
      'ERROR',
      'matches both',
    ],
    ['of a whole branch', judged(does, promising({ shown: { mixed: 'a:b', names: 'a:b' } })), 'PASS'],
    [
      'of a whole branch, fixed',
      judged({ shown: { mixed: 'a:b', names: 'a:b' } }, promising({ shown: { mixed: 'a:b', names: 'a:b' } })),
      'XPASS',
    ],
    [
      'fixed where a fence says so',
      judged(kept, { outcome: { shown: { ...does.shown, mixed: fixed } } }, '7.1'),
      'PASS',
    ],
    ['fixed before the fence', judged(kept, { outcome: { shown: { ...does.shown, mixed: fixed } } }, '6.12'), 'XPASS'],
    ['kept behind the fence', judged(does, { outcome: { shown: { ...does.shown, mixed: fixed } } }, '7.1'), 'FAIL'],
    [
      'whose promise a fixed bug breaks',
      judged(kept, {
        knownBugs: [{ title: 't', fix: 'f', fixedIn: ['6.11'], instead: { 'shown.mixed': 'map_create:prog_load' } }],
      }),
      'FAIL',
      'as if f were missing',
    ],
  ];
  test.each(rows)('%s', (_, judgement, verdict, reason = '') => {
    expect(judgement).toMatchObject({ verdict });
    expect(judgement.reason ?? '').toContain(reason);
    expect(judgement.blame).toBe({ FAIL: 'kernel', ERROR: 'case' }[verdict]);
  });

  test('is marked in the observations, and in no others', () => {
    expect(judged(does).observations).toEqual([
      { path: 'shown.mixed', verdict: 'PASS', expected: "'map_create'", observed: "'map_create'", quirk: quirk.title },
      { path: 'shown.names', verdict: 'PASS', expected: "'a:b'", observed: "'a:b'" },
    ]);
    expect(judged(kept).observations[0]).toMatchObject({ verdict: 'XPASS', quirk: quirk.title });
    expect(judged(neither).observations[0]).not.toHaveProperty('quirk');
  });
});

test.each([
  ['a path that is observed', { 'mount/a': ['shown.mixed', 'shown'] }, undefined],
  ['all', { 'mount/a': 'all' }, undefined],
  ['a path that nothing observes', { 'mount/a': ['shown.mxied'] }, 'the behaviour mount/a names shown.mxied, which'],
  ['no path', { 'mount/a': [] }, 'the behaviour mount/a names no observation'],
] as const)('a behaviour that names %s', (_, behaviours, reason) => {
  const judgement = judged(does, { behaviours });
  expect(judgement.verdict).toBe(reason === undefined ? 'PASS' : 'ERROR');
  expect(judgement.reason ?? '').toContain(reason ?? '');
});
