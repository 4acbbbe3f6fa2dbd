import type { CaseResult, Retry } from '../events.ts';

/** One result with what it left behind. */
export interface Attempt {
  readonly result: CaseResult;
  readonly console: string;
  readonly transcript: string;
}

/**
 * An unexpected result, looked at again in a fresh clone and in a guest booted for it. The verdict stays that of the first guest:
 * what comes to another one later is a finding, no pass.
 * @param again runs the case once more; never throws
 */
export async function retryCase(
  first: Attempt,
  again: (isolation: Retry['isolation']) => Promise<Attempt>,
  signal: AbortSignal,
): Promise<Attempt> {
  const attempts: Attempt[] = [];
  const retries: Retry[] = [];
  for (const isolation of ['clone', 'cold'] as const) {
    if (signal.aborted) return first;
    const attempt = await again(isolation);
    retries.push(retryOf(attempt.result, isolation));
    attempts.push(attempt);
  }
  const heading = (index: number) => `== once more (${retries[index]?.isolation}): ${retries[index]?.verdict} ==\n`;
  const all = (text: (attempt: Attempt) => string) =>
    [text(first), ...attempts.map((attempt, index) => heading(index) + text(attempt))].join('\n');
  return {
    result: { ...first.result, retries },
    console: all(({ console }) => console),
    transcript: all(({ transcript }) => transcript),
  };
}

/** What a repetition adds to the result of the first run. */
export function retryOf(result: CaseResult, isolation: Retry['isolation']): Retry {
  const { verdict, durationMs, blame, reason, observations, oracles } = result;
  return {
    isolation,
    verdict,
    durationMs,
    ...(blame === undefined ? {} : { blame }),
    ...(reason === undefined ? {} : { reason }),
    observations,
    oracles,
  };
}
