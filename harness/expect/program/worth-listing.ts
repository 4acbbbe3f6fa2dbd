import { isRecord } from '../matchers/matches.ts';

/**
 * What an expectation has to list of a program's observations, so that they are as expected: what differs from the rule. Where the
 * program has no subtests, how it ended and what it printed is worth listing as well.
 */
export function worthListing(observations: Readonly<Record<string, unknown>>): { readonly [name: string]: unknown } {
  const { exitCode, signal, status, problems, subtests } = observations;
  const all = isRecord(subtests) ? Object.entries(subtests) : [];
  const unlike = all.filter(([, one]) => one !== 'pass' && one !== 'xfail');
  const isPlain = all.length === 0 && status !== 'skip';
  const isWorth: Readonly<Record<string, boolean>> = {
    exitCode: isPlain || (exitCode !== 0 && status !== 'skip'),
    signal: isPlain || (signal !== null && status !== 'skip'),
    output: isPlain,
    status: status !== 'pass',
    reason: false,
    problems: Array.isArray(problems) && problems.length > 0,
    subtests: unlike.length > 0,
    comments: false,
  };
  const listed = Object.entries(observations).filter(([name]) => isWorth[name] ?? true);
  return Object.fromEntries(
    listed.map(([name, value]) => [name, name === 'subtests' ? Object.fromEntries(unlike) : value]),
  );
}
