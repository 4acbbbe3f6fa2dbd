import { BOOT } from '../../expect/judge/boot.ts';
import { KMEMLEAK_NOT_ASKED } from '../../expect/outcome.ts';
import type { CaseResult } from '../../run/events.ts';
import { plain, shorten } from './text.ts';

const WIDTH = 300;

/**
 * What oracles could not look at although the verdict is about the kernel, a line for each reason: a PASS says nothing of it.
 * A scan for leaks that nobody asked for is no such thing.
 */
export function unwatched(results: readonly Pick<CaseResult, 'case' | 'verdict' | 'oracles'>[]): string[] {
  const counts = new Map<string, number>();
  for (const { case: name, verdict, oracles } of results) {
    if (name === BOOT) continue; // leaks of a boot are never looked for
    if (verdict !== 'PASS' && verdict !== 'XFAIL' && verdict !== 'XPASS') continue;
    for (const [oracle, why] of Object.entries(oracles.unavailable)) {
      if (why === KMEMLEAK_NOT_ASKED) continue;
      const what = `${oracle === 'kmemleak' ? 'leaks were not looked for' : `${oracle} was not watched`}: ${shorten(plain(why).replace(/\s+/g, ' '), WIDTH)}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  return [...counts].map(([what, count]) => `${count} ${count === 1 ? 'case' : 'cases'}: ${what}`);
}
