import type { Verdict } from '../outcome.ts';
import { isWithin } from './diff.ts';

/** How the kernel stands to what is expected of it: it behaves, it misbehaves (declared or not), or nothing is known. */
export type Standing = 'good' | 'bad' | 'unknown';

/** A declared bug that is seen is a bug; one that is declared and not seen is none. */
export function standingOf(verdict: Verdict): Standing {
  if (verdict === 'PASS' || verdict === 'XPASS') return 'good';
  return verdict === 'FAIL' || verdict === 'XFAIL' ? 'bad' : 'unknown';
}

/**
 * The standing of one case, or of one of its observations and everything below it.
 * @param path of an observation; the standing is unknown where nothing was observed there
 */
export function standingAt(
  {
    verdict,
    observations,
  }: {
    readonly verdict: Verdict;
    readonly observations: readonly { readonly path: string; readonly verdict: Verdict }[];
  },
  path?: string,
): Standing {
  if (path === undefined) return standingOf(verdict);
  const own = observations.filter((one) => isWithin(one.path, path)).map((one) => standingOf(one.verdict));
  return own.includes('bad') ? 'bad' : own.includes('good') ? 'good' : 'unknown';
}

/** It had another verdict when it was repeated, or before. This is always reported. */
export function isUnstable({
  verdict,
  retries = [],
  earlier,
}: {
  readonly verdict: Verdict;
  readonly retries?: readonly { readonly verdict: Verdict }[];
  readonly earlier?: object;
}): boolean {
  return earlier !== undefined || retries.some((retry) => retry.verdict !== verdict);
}
