import { expect, test } from 'vitest';
import { BOOT } from '../../expect/judge/boot.ts';
import type { Verdict } from '../../expect/outcome.ts';
import { judged, observed } from '../../series/judged.test-support.ts';
import { judgePatch } from './verdict.ts';

const results = (version: string, verdicts: Readonly<Record<string, Verdict>>) =>
  Object.entries(verdicts).map(([name, verdict]) => judged(version, name, verdict));
const judge = (before: Readonly<Record<string, Verdict>>, after: Readonly<Record<string, Verdict>>) =>
  judgePatch(results('1', before), results('2', after), 'K');

test('first a line, then case by case with the observations that differ', () => {
  const before = [
    judged('1', BOOT, 'PASS'),
    judged('1', 'a', 'PASS', { observations: [observed('root.uid', 'PASS', '0')] }),
  ];
  const after = [
    judged('2', BOOT, 'PASS'),
    judged('2', 'a', 'FAIL', { observations: [observed('root.uid', 'FAIL', '1', '0')], reason: 'root.uid: …' }),
  ];
  expect(judgePatch(before, after, 'K')).toEqual({
    exitCode: 1,
    text: `the patch changes results: 1 regression, 1 as before
regression  a on K: PASS → FAIL  root.uid: …
            root.uid: 0 → 1
as before   ${BOOT}: PASS
`,
  });
});

test('a declared bug that is gone is fixed, and no regression', () => {
  const { text, exitCode } = judge({ a: 'XFAIL', b: 'PASS' }, { a: 'XPASS', b: 'PASS' });
  expect(text).toContain('the patch changes results: 1 fixed, 1 as before\nfixed       a on K: XFAIL → XPASS');
  expect(exitCode).toBe(0);
});

test('the same results are no change', () => {
  expect(judge({ a: 'PASS' }, { a: 'PASS' })).toMatchObject({
    text: expect.stringContaining('the patch changes nothing that these cases observe: 1 as before'),
    exitCode: 0,
  });
});

test.each([
  [
    'an ERROR with the patch',
    { a: 'PASS', b: 'PASS' },
    { a: 'PASS', b: 'ERROR' },
    'ERROR, which says nothing about the kernel: b',
  ],
  ['an ERROR on both', { a: 'PASS', b: 'ERROR' }, { a: 'PASS', b: 'ERROR' }, 'nothing about the kernel: b'],
  ['an ERROR without the patch', { a: 'ERROR' }, { a: 'PASS' }, 'nothing about the kernel: a'],
  ['skips alone', { [BOOT]: 'PASS', a: 'SKIP' }, { [BOOT]: 'PASS', a: 'SKIP' }, 'every case was skipped'],
  ['a case without a result', { a: 'PASS', b: 'PASS' }, { a: 'PASS' }, 'not run with the patch: b'],
  ['nothing', {}, {}, 'every case was skipped'],
] as const)('%s is undetermined', (_, before, after, why) => {
  const { text, exitCode } = judge(before, after);
  expect(text).toMatch(/^undetermined: /);
  expect(text).toContain(why);
  expect(exitCode).toBe(2);
});

test('a regression counts also where another case is an ERROR', () => {
  expect(judge({ a: 'PASS', b: 'ERROR' }, { a: 'FAIL', b: 'ERROR' })).toMatchObject({ exitCode: 1 });
});

test('a race that does not show with the patch is undetermined', () => {
  const race = { race: { attempts: 4 } };
  const told = judgePatch([judged('1', 'a', 'XFAIL', race)], [judged('2', 'a', 'PASS', race)], 'K');
  expect(told.exitCode).toBe(2);
  expect(told.text).toMatch(
    /^undetermined: a race that did not show proves nothing: a \(1 undetermined, 0 as before\)/,
  );
});
