import type { Verdict } from '../expect/outcome.ts';

/** How the kernel stands to what is expected of it: it behaves, it misbehaves (declared or not), or nothing is known. */
export type Standing = 'good' | 'bad' | 'unknown';

/** A declared bug that is seen is a bug; one that is declared and not seen is none. */
export function standingOf(verdict: Verdict): Standing {
  if (verdict === 'PASS' || verdict === 'XPASS') return 'good';
  return verdict === 'FAIL' || verdict === 'XFAIL' ? 'bad' : 'unknown';
}

/** Verdicts that nobody has declared. */
export function isUnexpected(verdict: Verdict): boolean {
  return verdict === 'FAIL' || verdict === 'XPASS' || verdict === 'ERROR';
}
