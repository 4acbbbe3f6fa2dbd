import type { Expectation, KnownBug, Quirk } from '../expectation.ts';
import type { Verdict } from '../outcome.ts';
import type { KernelFacts } from '../resolve.ts';
import { looksLike, pathOver } from './declared.ts';
import type { Difference } from './diff.ts';
import { mayHave, stateOf } from './known-bugs.ts';

/** One leaf, judged. */
export interface Observation {
  readonly path: string;
  readonly verdict: Verdict;
  readonly expected: string;
  readonly observed: string;
  /** Title of the quirk that is seen here, or was seen before the kernel changed. */
  readonly quirk?: string;
}

/** A leaf with the known bug or the quirk that explains its verdict, if one does. */
export interface JudgedLeaf {
  readonly observation: Observation;
  readonly bug?: KnownBug;
  readonly quirk?: Quirk;
  /** Key of a fence whose value was observed, where it is not known whether this branch has that change. */
  readonly change?: string;
}

/**
 * A leaf under what is declared. A failure that a bug declares is XFAIL while the kernel has the bug, or may have it, and FAIL,
 * with the bug, on any other kernel. The right value where a bug declares another is XPASS, unless the bug allows both. Where the case is
 * a race it is SKIP, as long as the kernel may have the bug: it may show the next time. What a quirk's documentation promises is XPASS:
 * the kernel changed.
 */
export function judgeLeaf(
  leaf: Difference,
  observations: unknown,
  { knownBugs = [], quirks = [], race }: Pick<Expectation, 'knownBugs' | 'quirks' | 'race'>,
  kernel: KernelFacts,
): JudgedLeaf {
  const { ok, ...printed } = leaf;
  const judged = (
    verdict: Verdict,
    { bug, quirk }: { bug?: KnownBug | undefined; quirk?: Quirk | undefined } = {},
  ) => ({
    observation: { ...printed, verdict, ...(quirk && { quirk: quirk.title }) },
    ...(bug && { bug }),
    ...(quirk && { quirk }),
  });
  const declaring = knownBugs.filter((bug) => pathOver(bug.instead, leaf.path) !== undefined);
  const present = declaring.filter((bug) => stateOf(bug, kernel) === 'present');
  const seen = (bug: KnownBug) => looksLike(bug.instead, leaf.path, observations, kernel);
  const kept = (quirk: Quirk) => looksLike(quirk.promised, leaf.path, observations, kernel);
  const quirk = quirks.find(({ promised }) => pathOver(promised, leaf.path) !== undefined);
  if (ok) {
    const open = race === undefined ? present : declaring.filter((one) => mayHave(one, kernel));
    const gone = open.find((bug) => !seen(bug));
    if (gone !== undefined && !open.some(seen)) return judged(race === undefined ? 'XPASS' : 'SKIP', { bug: gone });
    return judged('PASS', { quirk: quirk && !kept(quirk) ? quirk : undefined });
  }
  const bug = present.find(seen) ?? declaring.find((one) => mayHave(one, kernel) && seen(one));
  if (bug !== undefined) return judged('XFAIL', { bug });
  const unexpected = declaring.find(seen);
  if (unexpected !== undefined) return judged('FAIL', { bug: unexpected });
  return quirk && kept(quirk) ? judged('XPASS', { quirk }) : judged('FAIL');
}
