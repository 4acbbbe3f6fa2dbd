import { isUnstable, type Standing, standingOf } from '../expect/judge/standing.ts';
import { plain, shorten, table } from '../report/text/text.ts';
import type { CaseResult } from '../run/events.ts';
import { labelsOf } from '../series/kernels.ts';

/** What one kernel showed of a case. */
export interface Version {
  /** `6.12.57`: unique among the versions. */
  readonly label: string;
  readonly result: CaseResult;
  readonly standing: Standing;
  /** How often it was run, and how often the bug showed. */
  readonly runs: number;
  readonly hits: number;
}

/** @param results of one case, oldest kernel first */
export function versionsOf(results: readonly CaseResult[]): Version[] {
  const labels = labelsOf(results.map(({ kernel }) => kernel));
  return results.map((result) => {
    const all = [result, ...(result.retries ?? [])];
    return {
      label: labels.get(result.kernel.id) ?? result.kernel.version,
      result,
      standing: standingOf(result.verdict),
      runs: all.length,
      hits: all.filter(({ verdict }) => standingOf(verdict) === 'bad').length,
    };
  });
}

/** How a version stands, for people who do not know kconform's verdicts. */
export function standingText({ standing, runs, hits, result }: Version): string {
  const word = { good: 'does not show it', bad: 'shows it', unknown: 'unknown' }[standing];
  if (result.reused !== undefined) return `${word} (earlier run)`;
  if (runs === 1) return word;
  return isUnstable(result) ? `shows it in ${hits} of ${runs} runs` : `${word} (${runs} runs)`;
}

/** A table of versions, a line for each: how it stands, and what was seen there. */
export function versionLines(versions: readonly Version[], width: number): string[] {
  return table(
    versions.map((version) => [version.label, standingText(version), shorten(plain(seenText(version.result)), width)]),
  ).map((line) => line.trimEnd());
}

/** What a kernel showed, in a line. */
export function seenText({ reason, observations, oracles, verdict }: CaseResult): string {
  const [splat] = oracles.splats;
  if (splat !== undefined) return splat.title;
  const wrong = observations.filter((one) => standingOf(one.verdict) === 'bad');
  const [first] = wrong;
  if (first !== undefined) return `${first.path}: ${first.observed}`;
  return verdict === 'PASS' ? '' : (reason ?? verdict);
}
