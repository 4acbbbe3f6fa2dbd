import { expect, test } from 'vitest';
import { noReports, type Verdict } from '../../../expect/outcome.ts';
import type { CaseResult, KernelIdentity } from '../../../run/events.ts';
import { painter } from '../colour.ts';
import { type Bisection, type ExplainedChange, printBisection, type SeenKernel } from './bisection.ts';

const kernel = (version: string): KernelIdentity => ({
  id: `${version}+deb13-cloud-amd64_${version}-1`,
  spec: version,
  version: `${version}+deb13-cloud-amd64`,
  package: `linux-image-${version}+deb13-cloud-amd64=${version}-1`,
});

function result(version: string, verdict: Verdict, reason?: string, more: Partial<CaseResult> = {}): CaseResult {
  return {
    kernel: kernel(version),
    case: 'report.c',
    verdict,
    durationMs: 1,
    ...(reason === undefined ? {} : { reason }),
    observations: [],
    oracles: noReports,
    rerun: '',
    ...more,
  };
}

const FAILED = 'the scenario failed: exit code 1';
const seen = (version: string, state: SeenKernel['state'], ...results: CaseResult[]): SeenKernel => ({
  kernel: kernel(version),
  state,
  results,
});

const explanation: Extract<ExplainedChange['explanation'], { source: string }> = {
  source: 'linux-libc-dev 6.12.118-1',
  total: 2286,
  named: [],
  elsewhere: [],
  unlisted: [],
  likely: [
    {
      title: 'futex: Require sys_futex_requeue() to have identical flags',
      upstream: '6.12.80',
      score: 3,
      shared: ['futex', 'requeue'],
    },
    { title: 'futex: Prevent lockup', upstream: '6.12.81', score: 1, shared: ['futex'] },
  ],
  files: [],
  by: 'words',
};

const BASE: Omit<Bisection, 'changes' | 'seen'> = {
  subject: 'report.c',
  isValue: false,
  count: 22,
  timeline: 'npx kconform timeline report.c',
};

function show(bisection: Pick<Bisection, 'changes' | 'seen'> & Partial<Bisection>): string {
  return printBisection({ ...BASE, ...bisection }, painter(false));
}

test('a bug that is fixed, with candidates', async () => {
  const changes = [
    { before: kernel('6.12.74'), after: kernel('6.12.85'), unknown: [], from: 'bad', to: 'good', explanation },
  ];
  const all = [
    seen('6.12.43', 'bad', result('6.12.43', 'FAIL', FAILED)),
    seen('6.12.74', 'bad', result('6.12.74', 'FAIL', FAILED), result('6.12.74', 'FAIL', FAILED)),
    seen('6.12.85', 'good', result('6.12.85', 'PASS'), result('6.12.85', 'PASS')),
    seen('6.12.118', 'good', result('6.12.118', 'PASS', undefined, { reused: { at: '2026-11-24T02:15:26.000Z' } })),
  ];
  await expect(show({ changes, seen: all })).toMatchFileSnapshot('golden/bisection-fixed.txt');
});

test('a bug that came and went, with a named fix and a kernel without an end', async () => {
  const named = [{ title: 'futex: fix it', upstream: '6.12.86', score: 1, shared: [] }];
  const changes = [
    {
      before: kernel('6.12.43'),
      after: kernel('6.12.57'),
      unknown: [],
      from: 'good',
      to: 'no end',
      explanation: { missing: 'no changelog is published' },
    },
    {
      before: kernel('6.12.74'),
      after: kernel('6.12.90'),
      unknown: [],
      from: 'no end',
      to: 'good',
      explanation: { ...explanation, likely: [], named },
    },
  ];
  const all = [
    seen('6.12.43', 'good', result('6.12.43', 'PASS')),
    seen('6.12.57', 'no end', result('6.12.57', 'ERROR', 'the scenario did not end within 60 s')),
    seen(
      '6.12.74',
      'no end',
      result('6.12.74', 'ERROR', 'the scenario did not end within 60 s'),
      result('6.12.74', 'PASS'),
    ),
    seen('6.12.90', 'good', result('6.12.90', 'PASS')),
  ];
  await expect(show({ changes, seen: all })).toMatchFileSnapshot('golden/bisection-came-and-went.txt');
});

test('the value of an observation', async () => {
  const changes = [
    {
      before: kernel('6.12.43'),
      after: kernel('6.12.57'),
      unknown: [],
      from: "'EINVAL'",
      to: "'EBADF'",
      explanation: { ...explanation, likely: [] },
    },
  ];
  const all = [
    seen('6.12.43', "'EINVAL'", result('6.12.43', 'PASS')),
    seen('6.12.57', "'EBADF'", result('6.12.57', 'PASS')),
  ];
  const text = show({ changes, seen: all, isValue: true, subject: 'bug.ts:minusOne', count: 2 });
  await expect(text).toMatchFileSnapshot('golden/bisection-value.txt');
});

test('no change: what differs between the ends is shown', async () => {
  const observed = (text: string) => ({
    observations: [{ path: 'x', verdict: 'PASS' as const, expected: text, observed: text }],
  });
  const all = [
    seen('6.12.43', 'good', result('6.12.43', 'PASS', undefined, observed('1'))),
    seen('6.12.118', 'good', result('6.12.118', 'PASS', undefined, observed('2\u001b[31m'))),
  ];
  await expect(show({ changes: [], seen: all })).toMatchFileSnapshot('golden/bisection-no-change.txt');
});

test('nothing known on any kernel', () => {
  const all = [seen('6.12.43', undefined, result('6.12.43', 'ERROR', 'no KVM'))];
  expect(show({ changes: [], seen: all }).split('\n')[0]).toBe(
    'undetermined: nothing can be said of report.c on the kernel that was tried',
  );
});
