import type { Observations } from '../../expect/outcome.ts';
import { escapedText } from './escaped-text.ts';
import { type ResultsOptions, readResults } from './read-results.ts';
import type { ProgramEnd, Subtest } from './results.ts';

/**
 * What a program of somebody else is observed to do: how it ended, what it printed, and what that says (see docs/results.md).
 * A byte that is not UTF-8 is observed as `\xfe`.
 */
export function programObservations(output: Uint8Array, end: ProgramEnd, options: ResultsOptions = {}): Observations {
  const { status, reason, problems, subtests } = readResults(output, end, options);
  const comments = subtests.filter((one) => one.status !== 'pass').map(commentOf);
  return {
    exitCode: end.exitCode,
    signal: end.signal,
    ...(end.stoppedAfterMs === undefined ? {} : { stoppedAfterMs: end.stoppedAfterMs }),
    output: escapedText(output).replace(/\n$/, ''),
    status,
    ...(reason === undefined ? {} : { reason }),
    problems,
    subtests: Object.fromEntries(subtests.map((one) => [one.name, one.status])),
    ...(comments.length === 0 ? {} : { comments: Object.fromEntries(comments) }),
  };
}

/** What the program says of a subtest, and the last lines that it printed before. */
function commentOf({ name, comment = '', diagnostics = [] }: Subtest): [string, string] {
  return [name, [comment, ...diagnostics.slice(-10)].filter((line) => line !== '').join('\n')];
}

/**
 * What a scenario said of itself: observed as such, or in its output. Undefined if its output has no format that is known, or if
 * it runs until it is stopped.
 */
export function resultsAmong(observations: Readonly<Record<string, unknown>>): ObservedResults | undefined {
  const { exitCode, signal, output, status, reason, problems, subtests, comments } = observations;
  if (typeof output !== 'string' || 'stoppedAfterMs' in observations) return undefined;
  if (!(exitCode === null || typeof exitCode === 'number')) return undefined;
  if (!(signal === null || typeof signal === 'string')) return undefined;
  if (status === undefined) {
    const results = readResults(output, { exitCode, signal });
    return results.format === 'plain' ? undefined : results;
  }
  const said = objectOf(comments);
  return {
    status: String(status),
    ...(typeof reason === 'string' ? { reason } : {}),
    problems: Array.isArray(problems) ? problems.map(String) : [],
    subtests: Object.entries(objectOf(subtests)).map(([name, one]) => ({
      name,
      status: String(one),
      ...commentAmong(said[name]),
    })),
  };
}

function commentAmong(value: unknown): { readonly comment?: string } {
  return typeof value === 'string' ? { comment: value } : {};
}

/** ProgramResults, as far as observations have them. */
export interface ObservedResults {
  readonly status: string;
  readonly reason?: string;
  readonly problems: readonly string[];
  readonly subtests: readonly { readonly name: string; readonly status: string; readonly comment?: string }[];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
