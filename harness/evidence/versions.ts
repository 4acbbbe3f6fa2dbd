import { isUnstable, type Standing, standingOf } from '../expect/judge/standing.ts';
import { attemptsText } from '../expect/race.ts';
import { plain, shorten, table } from '../report/text/text.ts';
import type { CaseResult } from '../run/events.ts';
import { labelsOf } from '../series/kernels.ts';

/** A result of the case that is reported. */
export interface SeenResult extends CaseResult {
  /** It is wrong in another way than the result that is reported. */
  readonly otherwise?: true;
}

/** What one kernel showed of a case. */
export interface Version {
  /** `6.12.57`: unique among the versions. */
  readonly label: string;
  readonly result: SeenResult;
  /** How it stands to the bug that is reported. */
  readonly standing: Standing;
  /** How often it was run and judged, and how often the bug showed. */
  readonly runs: number;
  readonly hits: number;
}

/** Marks the results that have no wrong observation, no splat and no leak in common with the one that is reported, if that is wrong. */
export function markOthers(results: readonly CaseResult[], subject: CaseResult): SeenResult[] {
  if (standingOf(subject.verdict) !== 'bad') return [...results];
  const own = new Set(wrongIn(subject));
  return results.map((result) => {
    const isOther = standingOf(result.verdict) === 'bad' && !wrongIn(result).some((one) => own.has(one));
    return result !== subject && isOther ? { ...result, otherwise: true } : result;
  });
}

/** What is wrong, without values and lines. */
function wrongIn({ observations, oracles }: CaseResult): string[] {
  return [
    ...observations.filter(({ verdict }) => standingOf(verdict) === 'bad').map(({ path }) => `at ${path}`),
    ...oracles.splats.map(({ title, fingerprint: frames }) => `splat ${frames.length > 0 ? frames.join(' ') : title}`),
    ...oracles.leaks.map(({ backtrace: [first = ''] }) => `leak ${first.replace(/\+0x.*/, '')}`),
  ];
}

/**
 * A kernel on which a race did not show may have the bug; one that fails in another way may have it too.
 * @param results of one case, oldest kernel first
 */
export function versionsOf(results: readonly SeenResult[]): Version[] {
  const labels = labelsOf(results.map(({ kernel }) => kernel));
  return results.map((result) => {
    const repeated = (result.retries ?? []).filter(({ verdict }) => standingOf(verdict) !== 'unknown');
    const all = [result, ...repeated];
    return {
      label: labels.get(result.kernel.id) ?? result.kernel.version,
      result,
      standing: standingIn(result),
      runs: result.race?.attempts ?? all.length,
      hits: all.filter(({ verdict }) => standingOf(verdict) === 'bad').length,
    };
  });
}

function standingIn({ verdict, race, otherwise }: SeenResult): Standing {
  const standing = standingOf(verdict);
  return otherwise || (race !== undefined && standing === 'good') ? 'unknown' : standing;
}

/** How a version stands, for people who do not know kconform's verdicts. */
export function standingText({ standing, runs, hits, result }: Version): string {
  const word = { good: 'does not show it', bad: 'shows it', unknown: 'unknown' }[standing];
  if (result.otherwise) return 'unknown (fails in another way)';
  if (result.race !== undefined) return `${word} (a race; ${attemptsText(runs)})`;
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
