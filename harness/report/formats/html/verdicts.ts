import type { Verdict } from '../../../expect/outcome.ts';

/** A verdict is told by its word and by this sign; its colour only repeats them. */
export const SIGNS: Readonly<Record<Verdict, string>> = {
  PASS: '✓',
  FAIL: '✗',
  XFAIL: '◇',
  XPASS: '◆',
  SKIP: '–',
  ERROR: '!',
};
