import * as z from 'zod';
import type { CaseResult } from '../run/events.ts';

/** What one case came to on one kernel, as far as proofs need it. */
export const Seen = z.object({
  verdict: z.enum(['PASS', 'FAIL', 'XFAIL', 'XPASS', 'SKIP', 'ERROR']),
  reason: z.string().optional(),
  /** The case came to no end: a crash, a hang, a process that nothing ends. */
  broke: z.literal(true).optional(),
  /** Observations that are not as expected of a correct kernel: FAIL, or XPASS of what is declared to differ. */
  failed: z.array(z.object({ path: z.string(), expected: z.string(), observed: z.string() })),
});
export type Seen = z.infer<typeof Seen>;

/** By the name of the case. */
export type SeenCases = ReadonlyMap<string, Seen>;

export function seenIn({ verdict, reason, observations, evidence }: CaseResult): Seen {
  const failed = observations
    .filter((observation) => observation.verdict === 'FAIL' || observation.verdict === 'XPASS')
    .map(({ path, verdict: own, expected, observed, quirk }) => ({
      path,
      // An XPASS has the right value where another is declared: "expected true, observed true" would tell nobody what changed.
      expected: own === 'XPASS' ? `as declared (${quirk ?? reason ?? 'a known bug'})` : expected,
      observed,
    }));
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(evidence === undefined ? {} : { broke: true }),
    failed,
  };
}

/** What holds after two looks at the same case: an observation that failed once, and not again, tells nothing of the kernel. */
export function confirmed(first: Seen, second: Seen): Seen {
  if (second.verdict !== 'FAIL' && second.verdict !== 'XPASS') return second;
  return { ...second, failed: second.failed.filter(({ path }) => first.failed.some((one) => one.path === path)) };
}
