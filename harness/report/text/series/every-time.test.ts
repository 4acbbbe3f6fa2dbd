import { expect, test } from 'vitest';
import { noReports, type OracleReports, type Verdict } from '../../../expect/outcome.ts';
import type { CaseResult } from '../../../run/events.ts';
import { isEveryTime, tally } from './every-time.ts';

const splat = {
  kind: 'sleeping',
  title: 'BUG: sleeping function called from invalid context at kernel/bpf/hashtab.c',
  fingerprint: ['htab_map_free', 'bpf_map_put', 'bpf_free_inode'],
  state: 'whole',
  text: [],
} as const;
const sleeping = `sleeping: ${splat.title}, in htab_map_free < bpf_map_put < bpf_free_inode`;
const leak = { bytes: 8, comm: 'agent', hex: [], backtrace: ['strndup_user+0x4b/0x70', '__x64_sys_fsconfig+0x1/0x2'] };

function result(oracles: Partial<OracleReports>, paths: readonly string[], verdict: Verdict = 'FAIL'): CaseResult {
  return {
    kernel: { id: 'broken', spec: 'broken', version: '6.12.117', package: null },
    case: 'bpffs/unpin',
    rerun: '',
    verdict,
    durationMs: 1,
    observations: [
      ...paths.map((path) => ({ path, verdict: 'FAIL', expected: 'null', observed: "'BUG'" }) as const),
      { path: 'workqueue', verdict: 'PASS', expected: '1', observed: '1' },
    ],
    oracles: { ...noReports, ...oracles },
  };
}

test('moments, texts and numbers of objects do not tell runs apart, nor how often one says the same', () => {
  const runs = [
    result({ splats: [{ ...splat, at: 1 }], leaks: [{ ...leak, count: 98 }] }, ['timer.hash']),
    result(
      {
        splats: [
          { ...splat, at: 2 },
          { ...splat, at: 3 },
        ],
        leaks: [{ ...leak, count: 100 }],
      },
      [],
    ),
  ];
  const shown = tally(runs);
  expect(shown).toEqual({
    runs: 2,
    failed: 2,
    signs: [
      [sleeping, 2],
      ['leak of 8 bytes, in strndup_user < __x64_sys_fsconfig', 2],
      ['not as expected: timer.hash', 1],
    ],
  });
  expect(isEveryTime(shown)).toBe(true);
});

test.each([
  ['a run that passed', [result({}, ['a']), result({}, ['a'], 'PASS')]],
  ['runs that failed by nothing in common', [result({}, ['a']), result({}, ['b'])]],
  ['no run', []],
])('%s is not every time', (_, runs) => {
  expect(isEveryTime(tally(runs))).toBe(false);
});
