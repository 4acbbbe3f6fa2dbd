import { isWithin } from '../expect/judge/diff.ts';
import { type Standing, standingOf } from '../expect/judge/standing.ts';
import type { Verdict } from '../expect/outcome.ts';
import type { Judged } from '../run/results/results-file.ts';
import { fold } from './fold.ts';
import { byAge, labelsOf } from './kernels.ts';

/** Consecutive kernels with the same result. */
export interface Stretch {
  /** Labels, oldest first. */
  readonly kernels: readonly string[];
  readonly verdict: Verdict;
  /** The observed value, or the reason of the verdict; empty for a case that passes. */
  readonly shown: string;
  /** The commit that a kernel lacks or seems to lack. */
  readonly fix?: string;
}

/** A change of the behaviour to good or bad, between two kernels with a known result. */
export interface Transition {
  readonly to: Exclude<Standing, 'unknown'>;
  readonly after: string;
  readonly at: string;
  /** Kernels between the two without a known result. */
  readonly unknown: readonly string[];
  /** Commits that the bad side lacks. */
  readonly fixes: readonly string[];
}

export interface Timeline {
  readonly case: string;
  /** Labels of all kernels it was judged on, oldest first. */
  readonly kernels: readonly string[];
  readonly verdicts: readonly Stretch[];
  readonly turns: readonly Transition[];
  /** By path: those asked for, or those that did not stay the same. */
  readonly observations: ReadonlyMap<string, readonly Stretch[]>;
}

/**
 * The history of a case over versions.
 * @param results of any cases; of two results on one kernel the later counts
 * @param observation a path, which stands for all that lies below it; without one, those are printed whose value or expectation
 *   changed
 */
export function timelineOf(results: readonly Judged[], name: string, observation?: string): Timeline {
  const latest = new Map(results.filter((one) => one.case === name).map((one) => [one.kernel.id, one]));
  const own = [...latest.values()].sort((a, b) => byAge(a.kernel, b.kernel));
  const labels = labelsOf(own.map(({ kernel }) => kernel));
  const label = ({ kernel }: Judged) => labels.get(kernel.id) ?? kernel.version;
  const stretches = (look: (result: Judged) => Omit<Stretch, 'kernels'>) =>
    fold(
      own.map((result) => ({ kernel: label(result), ...look(result) })),
      (one, next) => one.verdict === next.verdict && one.shown === next.shown && one.fix === next.fix,
    ).map((group) => merged(group));
  const paths = [...new Set(own.flatMap(({ observations }) => observations.map(({ path }) => path)))];
  const chosen = observation === undefined ? paths : paths.filter((path) => isWithin(path, observation));
  const observations = new Map(chosen.map((path) => [path, stretches((result) => seenAt(result, path))]));
  if (observation === undefined) for (const [path, all] of observations) if (isSteady(all)) observations.delete(path);
  return {
    case: name,
    kernels: own.map(label),
    verdicts: stretches(({ verdict, reason, fix }) => ({
      verdict,
      shown: reason ?? '',
      ...(fix === undefined ? {} : { fix }),
    })),
    turns: transitionsOf(own, label),
    observations,
  };
}

function merged(group: readonly (Omit<Stretch, 'kernels'> & { readonly kernel: string })[]): Stretch {
  const [first] = group;
  if (first === undefined) throw new TypeError('a group has at least one member');
  const { kernel: _, ...rest } = first;
  return { kernels: group.map(({ kernel }) => kernel), ...rest };
}

function seenAt({ verdict, observations }: Judged, path: string): Omit<Stretch, 'kernels'> {
  const seen = observations.find((one) => one.path === path);
  if (seen === undefined) return { verdict, shown: NOT_OBSERVED };
  // With a matcher any of many values is right; that it is another one each time is no change.
  return { verdict: seen.verdict, shown: seen.verdict === 'PASS' ? seen.expected : seen.observed };
}

/** What stands where a value would: the case broke off, was skipped, or observed other things there. */
const NOT_OBSERVED = '(not observed)';

function isSteady(stretches: readonly Stretch[]): boolean {
  const seen = stretches.filter(({ shown }) => shown !== NOT_OBSERVED);
  return new Set(seen.map(({ shown, verdict }) => `${verdict} ${shown}`)).size <= 1;
}

function transitionsOf(results: readonly Judged[], label: (result: Judged) => string): Transition[] {
  const transitions: Transition[] = [];
  let before: Judged | undefined;
  let unknown: string[] = [];
  for (const result of results) {
    const to = standingOf(result.verdict);
    if (to === 'unknown') {
      unknown.push(label(result));
      continue;
    }
    if (before !== undefined && standingOf(before.verdict) !== to) {
      const fix = (to === 'good' ? before : result).fix;
      transitions.push({ to, after: label(before), at: label(result), unknown, fixes: fix === undefined ? [] : [fix] });
    }
    before = result;
    unknown = [];
  }
  return transitions;
}
