import { expect, test } from 'vitest';
import type { CaseResult } from '../../run/events.ts';
import type { RunRecord } from '../../run/results/record.ts';
import { again, differs, resultOn } from '../evidence.test-support.ts';
import { testedMail, triedPatch, verdictOf } from './tested-mail.ts';

const NAME = 'bpffs/delegate-options';
const twice: CaseResult['observations'] = [
  ...(differs.observations ?? []),
  { path: 'root.uid', verdict: 'FAIL', expected: '0', observed: '1' },
];
const built = (id: string, spec: string) => ({ id, spec, version: '6.12.118+debug', package: null });
const BEFORE = built('6.12.118+debug@aaaaaaaaaaaa', '6.12.118+debug');
const AFTER = built('6.12.118+debug@bbbbbbbbbbbb', '/cache/vmlinux');
const IDS = { without: BEFORE.id, with: AFTER.id };

function triedRun(
  pairs: readonly (readonly [name: string, before: Partial<CaseResult>, after: Partial<CaseResult>])[],
) {
  const host = { qemu: '7.2.22', cpus: 2, accelerator: 'tcg', acceleratorReason: '' };
  const record: RunRecord = {
    started: {
      type: 'run-started',
      id: '1',
      startedAt: '2026-11-24T02:15:26.000Z',
      kconform: '0.1.0',
      host,
      planned: { kernels: [BEFORE, AFTER], cases: pairs.map(([name]) => name) },
    },
    state: 'finished',
    durationMs: 1,
    cases: pairs.flatMap(([name, before, after]) =>
      [
        { ...resultOn('1', name, before), kernel: BEFORE },
        { ...resultOn('1', name, after), kernel: AFTER },
      ].map((result) => ({ result, console: '', transcript: '' })),
    ),
  };
  const tried = triedPatch(record, IDS, 0);
  if ('unusable' in tried) throw new Error(tried.unusable);
  return tried;
}
const PATCH = {
  subject: '[PATCH v3 2/7] bpf: check the options',
  author: 'D. Author <d@example.org>',
  messageId: '<1@example.org>',
};

test('a patch that fixes a case gets Tested-by', async () => {
  const tried = triedRun([
    ['(boot)', {}, {}],
    [NAME, differs, {}],
    ['bpffs/mount-owner', {}, {}],
  ]);
  await expect(testedMail(tried, PATCH, 'C. Tester <c@example.org>')).toMatchFileSnapshot('golden/tested.txt');
  expect(testedMail(tried, PATCH, undefined)).toContain('\nTested-by: YOUR NAME <your@address>\n');
});

test.each<[string, Partial<CaseResult>, Partial<CaseResult>]>([
  ['no difference', {}, {}],
  ['no difference', differs, differs],
  ['worse', {}, differs],
  ['undetermined', differs, { verdict: 'ERROR' }],
  ['undetermined', { ...differs, retries: [again('PASS')] }, {}],
  ['undetermined', {}, { verdict: 'SKIP' }],
  ['undetermined', { ...differs, race: { attempts: 3 } }, { race: { attempts: 50 } }],
  ['undetermined', { race: { attempts: 50 } }, { ...differs, race: { attempts: 3 } }],
  ['undetermined', { ...differs, earlier: { at: '2026-11-01T00:00:00Z', verdict: 'PASS' } }, {}],
  ['worse', { ...differs, verdict: 'XFAIL' }, { ...differs, verdict: 'FAIL' }],
  ['worse', {}, { ...differs, verdict: 'XFAIL' }],
  ['changed', { verdict: 'FAIL', reason: 'x', observations: twice }, differs],
])('a patch with %s gets none', (verdict, before, after) => {
  const tried = triedRun([[NAME, before, after]]);
  expect(verdictOf(tried)).toBe(verdict);
  expect(testedMail(tried, PATCH, 'C. Tester <c@example.org>')).not.toContain('Tested-by');
});

test('nothing follows where another case was skipped or not run with the patch', () => {
  const fixed = [NAME, differs, {}] as const;
  const skipped = triedRun([fixed, ['bpffs/mount-owner', {}, { verdict: 'SKIP' }]]);
  expect(verdictOf(skipped)).toBe('undetermined');
  const both = triedRun([fixed, ['bpffs/mount-owner', {}, {}]]);
  expect(verdictOf(both)).toBe('fixes');
  const cut = { ...both, after: both.after.slice(0, 1) };
  expect(verdictOf(cut)).toBe('undetermined');
  expect(testedMail(cut, PATCH, undefined)).toMatch(/bpffs\/mount-owner +passes +not run/);
});

test('a reply names what is not known of the patch, and that other patches were applied', () => {
  const text = testedMail({ ...triedRun([[NAME, differs, {}]]), others: 2 }, {}, undefined);
  expect(text).toContain('\nSubject: Re: (subject of the patch)\n');
  expect(text.replaceAll('\n', ' ')).toContain('with this patch (together with 2 more)');
});

test('results that are incomplete, or on other kernels, are none of a patch', () => {
  const host = { qemu: '7.2.22', cpus: 2, accelerator: 'tcg', acceleratorReason: '' };
  const record: RunRecord = {
    started: { type: 'run-started', id: '1', startedAt: '', kconform: '0.1.0', host },
    state: 'finished',
    durationMs: 1,
    cases: [{ result: resultOn('6.12.43', NAME), console: '', transcript: '' }],
  };
  expect(triedPatch(record, IDS, 0)).toEqual({ unusable: 'there are no results without and with the patch' });
  expect(triedPatch({ ...record, state: 'interrupted' }, IDS, 0)).toEqual({
    unusable: 'the run did not finish (interrupted)',
  });
});
