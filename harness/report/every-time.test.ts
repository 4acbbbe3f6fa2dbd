import { expect, test } from 'vitest';
import { noReports, type OracleReports } from '../expect/outcome.ts';
import type { CaseResult } from '../run/events.ts';
import { countSignatures } from './every-time.ts';

const splat = {
  kind: 'sleeping',
  title: 'BUG: sleeping function called from invalid context at kernel/bpf/hashtab.c',
  fingerprint: ['htab_map_free', 'bpf_map_put', 'bpf_free_inode'],
  state: 'whole',
  text: [],
} as const;
const leak = { bytes: 8, comm: 'agent', hex: [], backtrace: ['strndup_user+0x4b/0x70', '__x64_sys_fsconfig+0x1/0x2'] };

function result(oracles: Partial<OracleReports>, path = 'timer.hash'): CaseResult {
  const observations = [
    { path, verdict: 'FAIL', expected: 'null', observed: "'BUG'" },
    { path: 'workqueue', verdict: 'PASS', expected: '1', observed: '1' },
  ] as const;
  const kernel = { spec: 'broken', version: '6.12.117', package: null, sha256: '' };
  return {
    kernel,
    case: 'bpffs/unpin',
    verdict: 'FAIL',
    rerun: '',
    durationMs: 1,
    observations,
    oracles: { ...noReports, ...oracles },
  };
}

test('moments, texts and numbers of objects do not tell runs apart', () => {
  const runs = [
    result({ splats: [{ ...splat, at: 1 }], leaks: [{ ...leak, count: 98 }] }),
    result({
      splats: [
        { ...splat, at: 2 },
        { ...splat, at: 3 },
      ],
      leaks: [{ ...leak, count: 100 }],
    }),
  ];
  expect(countSignatures(runs)).toEqual([
    [
      [
        'FAIL',
        '  not as expected: timer.hash',
        '  leak of 8 bytes, in strndup_user < __x64_sys_fsconfig',
        '  sleeping: BUG: sleeping function called from invalid context at kernel/bpf/hashtab.c, in htab_map_free < bpf_map_put < bpf_free_inode',
      ].join('\n'),
      2,
    ],
  ]);
});

test('another path, another splat and none are told apart', () => {
  const runs = [
    result({}),
    result({}),
    result({}, 'other'),
    result({ splats: [{ ...splat, at: 1, fingerprint: ['elsewhere'] }] }),
  ];
  expect(countSignatures(runs).map(([, count]) => count)).toEqual([2, 1, 1]);
});
