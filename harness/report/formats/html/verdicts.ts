import type { Verdict } from '../../../expect/outcome.ts';

/** A verdict is shown as a word and as this sign; the colour only repeats them. */
export const SIGNS: Readonly<Record<Verdict, string>> = {
  PASS: '✓',
  FAIL: '✗',
  XFAIL: '◇',
  XPASS: '◆',
  SKIP: '–',
  ERROR: '!',
};
