import { expect, test } from 'vitest';
import type { Verdict } from '../expect/outcome.ts';
import { disagreements } from './same-verdicts.ts';

const pass = (verdict: Verdict, ...observations: [string, Verdict][]) => ({
  results: [
    {
      kernel: { id: '6.12.57' },
      case: 'bpffs/mount',
      verdict,
      observations: observations.map(([path, own]) => ({ path, verdict: own })),
    },
  ],
});

test('runs that say the same agree', () => {
  expect(disagreements([pass('PASS', ['uid', 'PASS']), pass('PASS', ['uid', 'PASS'])])).toEqual([]);
});

test('a different verdict, of a case or an observation, is printed, and a case that only one run judged', () => {
  const runs = [pass('XFAIL', ['uid', 'XFAIL']), pass('XFAIL', ['gid', 'XFAIL']), pass('PASS', ['uid', 'PASS'])];
  expect(disagreements(runs)).toEqual([
    'bpffs/mount on 6.12.57: XFAIL, XFAIL, PASS',
    'bpffs/mount on 6.12.57, uid: XFAIL, not judged, PASS',
    'bpffs/mount on 6.12.57, gid: not judged, XFAIL, not judged',
  ]);
});
