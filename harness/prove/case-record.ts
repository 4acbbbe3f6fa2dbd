import * as z from 'zod';
import { isMismatch, VERDICTS } from '../expect/outcome.ts';
import type { CaseResult } from '../run/events.ts';

/** The result of one case on one kernel, as far as proofs need it. */
export const CaseRecord = z.object({
  verdict: z.enum(VERDICTS),
  reason: z.string().optional(),
  /** The case did not end: a crash, a hang, a process that cannot be killed. */
  broke: z.literal(true).optional(),
  /** Observations that differ from those of a correct kernel: FAIL, or XPASS of what is declared to differ. */
  failed: z.array(z.object({ path: z.string(), expected: z.string(), observed: z.string() })),
});
export type CaseRecord = z.infer<typeof CaseRecord>;

/** By the name of the case. */
export type CaseRecords = ReadonlyMap<string, CaseRecord>;

export function recordOf({ verdict, reason, observations, evidence }: CaseResult): CaseRecord {
  const failed = observations
    .filter((observation) => isMismatch(observation.verdict))
    .map(({ path, verdict: own, expected, observed, quirk }) => ({
      path,
      // An XPASS has the right value where another is declared: "expected true, observed true" would not show the change.
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

/** The record after a repetition: an observation that failed once, and not again, is no evidence against the kernel. */
export function confirmed(first: CaseRecord, second: CaseRecord): CaseRecord {
  if (!isMismatch(second.verdict)) return second;
  return { ...second, failed: second.failed.filter(({ path }) => first.failed.some((one) => one.path === path)) };
}
