import { isRecord } from '../matchers/matches.ts';

/** A skip that the expectation does not list. */
export interface Skip {
  /** Absent if the program skipped as a whole. */
  readonly subtest?: string;
  /** In the program's words. */
  readonly reason?: string;
}

/** What a program skipped although the expectation does not say that it may. */
export function skipsOf(listed: unknown, observations: object): readonly Skip[] {
  const given = isRecord(listed) ? listed : {};
  const { status, reason, subtests, comments } = {
    status: undefined,
    reason: undefined,
    subtests: undefined,
    comments: undefined,
    ...observations,
  };
  if (status === 'skip') return given.status === undefined ? [{ ...reasonOf(reason) }] : [];
  if (!isRecord(subtests)) return [];
  const expected = isRecord(given.subtests) ? given.subtests : {};
  const said: Readonly<Record<string, unknown>> = isRecord(comments) ? comments : {};
  return Object.entries(subtests)
    .filter(([name, one]) => one === 'skip' && !Object.hasOwn(expected, name))
    .map(([subtest]) => ({ subtest, ...reasonOf(Object.hasOwn(said, subtest) ? said[subtest] : undefined) }));
}

function reasonOf(text: unknown): { readonly reason?: string } {
  if (typeof text !== 'string' || text === '') return {};
  return { reason: text.split('\n')[0] ?? '' };
}
