import { expect, test } from 'vitest';
import type { KnownBug } from '../expectation.ts';
import { HIDDEN_LOG } from '../outcome.ts';
import {
  broken,
  bug,
  expectVerdict,
  judged,
  leak,
  old,
  right,
  sleeping,
  type VerdictRow,
  warning,
  wrongAsDeclared,
} from './judge.test-support.ts';

const splatBug: KnownBug = { ...bug, instead: {}, splats: [{ title: 'sleeping function' }] };
const leakBug: KnownBug = { ...bug, instead: {}, leaks: ['bpf_fs'] };
const kmemleak = { features: ['kmemleak'] };
const REPORTS: readonly VerdictRow[] = [
  ['a splat', { seen: right, oracles: { splats: [warning], taints: ['W'] } }, 'FAIL', 'inode.c'],
  [
    'a leak',
    { seen: right, oracles: { leaks: [leak('memdup_user')] } },
    'FAIL',
    'leak: an unreferenced object of 8 bytes (memdup_user)',
  ],
  ['a taint', { seen: right, oracles: { taints: ['W'] } }, 'FAIL', 'new taint: W'],
  [
    'a splat beside a declared bug',
    { fields: { knownBugs: [bug] }, seen: wrongAsDeclared, version: old, oracles: { splats: [warning] } },
    'FAIL',
  ],
  [
    'a named splat with its taint',
    {
      fields: { splats: [{ kind: 'WARNING', title: 'inode.c' }] },
      seen: right,
      oracles: { splats: [warning], taints: ['W'] },
    },
    'PASS',
  ],
  [
    'a named splat, another taint',
    {
      fields: { splats: [{ kind: 'WARNING', title: 'inode.c' }] },
      seen: right,
      oracles: { splats: [warning], taints: ['D'] },
    },
    'FAIL',
  ],
  [
    'a named splat that did not come',
    { fields: { splats: [{ kind: 'WARNING', title: 'inode.c' }] }, seen: right },
    'FAIL',
    'missing: WARNING',
  ],
  ['a splat that nothing names', { fields: { splats: [{}] }, seen: right, oracles: { splats: [warning] } }, 'FAIL'],
  [
    'a declared splat',
    { fields: { knownBugs: [splatBug] }, seen: right, version: old, oracles: { splats: [sleeping], taints: ['W'] } },
    'XFAIL',
  ],
  [
    'a declared splat, fix present',
    { fields: { knownBugs: [splatBug] }, seen: right, oracles: { splats: [sleeping] } },
    'FAIL',
    'ee04cff9ed4d were',
  ],
  ['a declared splat that did not come', { fields: { knownBugs: [splatBug] }, seen: right, version: old }, 'XPASS'],
  [
    'a declared leak',
    { fields: { knownBugs: [leakBug] }, seen: right, version: old, oracles: { leaks: [leak('bpf_fs_parse')] } },
    'XFAIL',
  ],
];
test.each(REPORTS)('%s', (_, row, verdict, reason) => expectVerdict(row, verdict, reason));

const ERRORS: readonly VerdictRow[] = [
  ['a panic', { seen: undefined, error: broken('kernel', 'the kernel panicked') }, 'FAIL', 'panicked'],
  ['a panic after right observations', { seen: right, error: broken('kernel') }, 'FAIL'],
  [
    'a panic under an unmet need',
    { fields: { needs: { config: ['X'] } }, seen: undefined, error: broken('kernel') },
    'FAIL',
  ],
  ['a scenario that throws', { seen: undefined, error: broken('case') }, 'ERROR', 'it broke'],
  ['an error beside right observations', { seen: right, error: broken('host') }, 'ERROR', 'it broke'],
  [
    'a splat, then a throw',
    { seen: undefined, oracles: { splats: [warning] }, error: broken('case') },
    'FAIL',
    'then: it broke',
  ],
];
test.each(ERRORS)('%s', (_, row, verdict, reason) => expectVerdict(row, verdict, reason));

const BLIND: readonly VerdictRow[] = [
  ['blind to splats', { seen: right, oracles: { unavailable: { splats: 'no console' } } }, 'ERROR', 'no console'],
  [
    'blind to leaks, which nobody asked for',
    { seen: right, oracles: { unavailable: { kmemleak: 'not built' } } },
    'PASS',
  ],
  [
    'blind to leaks, asked for',
    { fields: { needs: kmemleak }, seen: right, oracles: { unavailable: { kmemleak: 'no' } } },
    'SKIP',
  ],
  [
    'blind to leaks that could be seen',
    {
      fields: { needs: kmemleak },
      seen: right,
      config: new Map([['DEBUG_KMEMLEAK', 'y']]),
      oracles: { unavailable: { kmemleak: 'disabled' } },
    },
    'ERROR',
  ],
  ['blind, yet wrong', { seen: { ...right, gone: false }, oracles: { unavailable: { splats: 'no console' } } }, 'FAIL'],
];
test.each(BLIND)('%s', (_, row, verdict, reason) => expectVerdict(row, verdict, reason));

test.each([
  ['splats', 'harness'],
  [HIDDEN_LOG, 'case'],
])('of an oracle that could not look, %s, the blame is with the %s', (oracle, blame) => {
  const judgement = judged({ seen: right, oracles: { unavailable: { [oracle]: 'why' } } });
  expect(judgement).toMatchObject({ verdict: 'ERROR', blame, reason: `the ${oracle} oracle could not look: why` });
});
