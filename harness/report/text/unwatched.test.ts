import { expect, test } from 'vitest';
import { KMEMLEAK_NOT_ASKED, NO_KMEMLEAK, noReports } from '../../expect/outcome.ts';
import { unwatched } from './unwatched.ts';

const seen = (verdict: 'PASS' | 'FAIL' | 'XFAIL', why?: string) => ({
  case: 'a',
  verdict,
  oracles: { ...noReports, unavailable: why === undefined ? {} : { kmemleak: why } },
});

test('a PASS on a kernel without kmemleak says nothing of leaks, and a kernel that has it is named', () => {
  expect(unwatched([seen('PASS', NO_KMEMLEAK), seen('XFAIL', NO_KMEMLEAK), seen('PASS')])).toEqual([
    `2 cases: leaks were not looked for: ${NO_KMEMLEAK}`,
  ]);
  expect(NO_KMEMLEAK).toContain('--kernel 6.12+debug');
});

test('a scan that nobody asked for is not missing; a FAIL says enough', () => {
  expect(unwatched([seen('PASS', KMEMLEAK_NOT_ASKED), seen('FAIL', 'the guest did not answer any more')])).toEqual([]);
  expect(unwatched([{ ...seen('PASS', 'leaks of the boot are not looked for'), case: '(boot)' }])).toEqual([]);
});
