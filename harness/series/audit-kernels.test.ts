import { expect, test } from 'vitest';
import { expectation } from '../expect/expectation.ts';
import type { Verdict } from '../expect/outcome.ts';
import { painter } from '../report/text/colour.ts';
import { printAudit } from '../report/text/series/audit.ts';
import { type AuditedCases, auditExitCode, auditKernels } from './audit-kernels.ts';
import { AuditSchema, auditDocument } from './documents.ts';
import { judged, observed, published } from './judged.test-support.ts';

const about = (fix: string) =>
  expectation({ about: 'a', outcome: { a: 1 }, knownBugs: [{ title: 't', fix, fixedIn: [], instead: { a: 2 } }] });
const expectations = new Map([
  ['a/one', about('A')],
  ['a/two', about('B')],
]);
const [OLD, NEW] = ['6.12.57', '6.12.118'];
const [X, Y] = ['CVE-2026-1111', 'CVE-2026-2222'];

const one = (kernel: string, name: string, verdict: Verdict) =>
  judged(kernel, name, verdict, {
    observations: [observed('a', verdict, '1')],
    ...(verdict === 'XFAIL' && { fix: name === 'a/one' ? 'A' : 'B', reason: 't' }),
  });

/** The exit code for the verdicts of both cases on two kernels. */
function codeOf(verdicts: readonly (Verdict | undefined)[], more: Partial<AuditedCases> = {}) {
  const places = [OLD, NEW].flatMap((kernel) => [...expectations.keys()].map((name) => [kernel, name] as const));
  const results = places.flatMap(([kernel, name], index) => {
    const verdict = verdicts[index];
    return verdict === undefined ? [] : [one(kernel, name, verdict)];
  });
  const planned = [OLD, NEW].map((kernel) => published(kernel));
  return auditExitCode(auditKernels(results, planned, { expectations, unloaded: [], ...more }), more.asked);
}

test.each<[string, (Verdict | undefined)[], 0 | 1 | 2]>([
  ['all there', ['PASS', 'PASS', 'PASS', 'PASS'], 0],
  ['one missing on one kernel', ['PASS', 'XFAIL', 'PASS', 'PASS'], 1],
  ['one undetermined', ['PASS', 'SKIP', 'PASS', 'PASS'], 0],
  ['one failed on one kernel', ['PASS', 'PASS', 'PASS', 'ERROR'], 2],
  ['one failed, another is missing', ['XFAIL', 'PASS', 'PASS', 'ERROR'], 2],
  ['a kernel of which nothing is known', ['PASS', 'PASS', 'SKIP', 'SKIP'], 2],
  ['a kernel without a result', ['PASS', 'PASS', undefined, undefined], 2],
])('%s', (_, verdicts, code) => expect(codeOf(verdicts)).toBe(code));

test('without a kernel, nothing is known', () => expect(auditExitCode([])).toBe(2));

test('a case that could not be loaded', () => {
  expect(codeOf(['PASS', 'PASS', 'PASS', 'PASS'], { unloaded: [{ case: 'a/bad', why: 'no' }] })).toBe(2);
});

test.each<[string, [string, string[]][], (Verdict | undefined)[], 0 | 1 | 2]>([
  [
    'both there',
    [
      [X, ['A']],
      [Y, ['B']],
    ],
    ['PASS', 'PASS', 'PASS', 'PASS'],
    0,
  ],
  [
    'one there, one undetermined',
    [
      [X, ['A']],
      [Y, ['B']],
    ],
    ['PASS', 'SKIP', 'PASS', 'PASS'],
    2,
  ],
  ['that of another number is missing', [[X, ['A']]], ['PASS', 'XFAIL', 'PASS', 'XFAIL'], 0],
  ['one of its two is undetermined', [[X, ['A', 'B']]], ['PASS', 'SKIP', 'PASS', 'PASS'], 2],
  ['one of its two is missing', [[X, ['A', 'B']]], ['XFAIL', 'SKIP', 'PASS', 'PASS'], 1],
  [
    'no commit is known',
    [
      [X, ['A']],
      [Y, []],
    ],
    ['PASS', 'PASS', 'PASS', 'PASS'],
    2,
  ],
])('of CVE numbers, %s', (_, asked, verdicts, code) => {
  expect(codeOf(verdicts, { asked: new Map(asked.map(([number, commits]) => [number, new Set(commits)])) })).toBe(code);
});

test('cases that failed are named, with the reason, and only the latest result counts', () => {
  const broken = judged(OLD, 'a/one', 'ERROR', { reason: 'the disk is full' });
  const again = [judged(OLD, 'a/two', 'ERROR'), one(OLD, 'a/two', 'PASS'), judged(OLD, 'not/asked', 'ERROR')];
  const unloaded = [{ case: 'a/bad', why: 'expect.ts: about is missing' }];
  const audits = auditKernels([broken, ...again], [], { expectations, unloaded });
  const [audited] = audits;
  if (audited === undefined) throw new Error('there is a kernel');
  expect(audited.failed).toEqual([...unloaded, { case: 'a/one', why: 'ERROR: the disk is full' }]);
  expect(printAudit(OLD, audited, painter(false))).toContain(`
cases that failed, which says nothing about the kernel
  a/bad: expect.ts: about is missing
  a/one: ERROR: the disk is full
`);
  expect(AuditSchema.parse(auditDocument(audits))).toEqual(audits);
});
