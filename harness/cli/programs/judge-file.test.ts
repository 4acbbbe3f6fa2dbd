import { expect, test } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { noReports, type Observations, type Splat } from '../../expect/outcome.ts';
import type { CaseOutcome } from '../../run/case/observe-case.ts';
import { splatCriterion } from '../bisect/splat-criterion.ts';
import { judgeFile } from './judge-file.ts';

const SPLAT: Splat = {
  kind: 'BUG',
  title: 'unable to handle page fault',
  fingerprint: ['pagemap_scan_pmd_entry', 'walk_pgd_range'],
  at: 2,
  state: 'whole',
  text: [],
};
const TITLE = 'BUG: unable to handle page fault, in pagemap_scan_pmd_entry < walk_pgd_range';
const LATE = new KconformError('the scenario did not end within 60 s; the guest still answers', {
  code: 'KC_SCENARIO_TIMEOUT',
  blame: 'case',
});
const HOST = new KconformError('the disk is full', { code: 'KC_DISK_FULL', blame: 'host' });
const PANIC = new KconformError('the kernel panicked', { code: 'KC_GUEST_PANIC', blame: 'kernel' });

const ended = (exitCode: number, output = '') => ({ exitCode, signal: null, output });

function seen(
  observations: Observations | undefined,
  splats: readonly Splat[] = [],
  error?: KconformError,
): CaseOutcome {
  const outcome = { observations, oracles: { ...noReports, splats } };
  return { console: '', transcript: '', outcome, ...(error === undefined ? {} : { error }) };
}

const told = async (one: CaseOutcome, wanted?: string) => {
  const { verdict, reason, blame } = judgeFile(one, wanted === undefined ? undefined : await splatCriterion(wanted));
  return [verdict, ...(verdict === 'ERROR' ? [blame] : []), reason];
};

test.each([
  ['exit code 0', seen(ended(0)), ['PASS', undefined]],
  ['exit code 1', seen(ended(1)), ['FAIL', 'the scenario failed: exit code 1']],
  ['a missing program', seen(ended(127)), ['ERROR', 'case', 'a program could not be started: exit code 127']],
  ['values alone', seen({ mount: 'EINVAL' }), ['PASS', undefined]],
  [
    'a failed subtest',
    seen(ended(0, 'TAP version 13\n1..1\nnot ok 1 a')),
    ['FAIL', expect.stringMatching(/1 of 1 subtest failed: a/)],
  ],
  ['a skip', seen(ended(4, 'TAP version 13\n1..0 # SKIP no device')), ['SKIP', 'skipped: no device']],
  ['a splat', seen(ended(0), [SPLAT]), ['FAIL', `the kernel misbehaved: ${TITLE}`]],
  ['a panic', seen(undefined, [], PANIC), ['FAIL', 'the kernel misbehaved: the kernel panicked']],
  ['a time-out', seen(undefined, [], LATE), ['ERROR', 'case', `undetermined: ${LATE.message}`]],
  ['a fault of the host', seen(undefined, [], HOST), ['ERROR', 'host', 'undetermined: the disk is full']],
  ['no guest', { console: '', transcript: '', error: HOST }, ['ERROR', 'host', 'the disk is full']],
])('%s', async (_, outcome, verdict) => {
  expect(await told(outcome)).toEqual(verdict);
});

const UNDETERMINED = `undetermined: another splat: ${TITLE}, without the splat that is asked for`;

test.each([
  ['the splat by its title', seen(ended(0), [SPLAT]), 'page fault', ['FAIL', TITLE]],
  ['the splat by a function', seen(undefined, [SPLAT], LATE), 'pagemap_scan_pmd_entry', ['FAIL', TITLE]],
  [
    'another splat, which may have come before it',
    seen(ended(0), [SPLAT]),
    'inode_sleep',
    ['ERROR', 'case', UNDETERMINED],
  ],
  ['another splat that ended it', seen(undefined, [SPLAT], LATE), 'inode_sleep', ['ERROR', 'case', UNDETERMINED]],
  [
    'a failure before it came to the splat',
    seen(ended(1)),
    'inode_sleep',
    ['ERROR', 'case', 'undetermined: the scenario failed: exit code 1, without the splat that is asked for'],
  ],
  ['nothing', seen(ended(0)), 'inode_sleep', ['PASS', undefined]],
] as const)('with --splat: %s', async (_, outcome, wanted, verdict) => {
  expect(await told(outcome, wanted)).toEqual(verdict);
});

test('observations are listed and none is wrong', () => {
  expect(judgeFile(seen({ a: { b: 'EINVAL' }, n: [1] })).observations).toEqual([
    { path: 'a.b', verdict: 'PASS', expected: "'EINVAL'", observed: "'EINVAL'" },
    { path: 'n[0]', verdict: 'PASS', expected: '1', observed: '1' },
  ]);
});
