/** How often a race is run. */
import { attemptsFor, type Race, type ShowingSchedule } from '../../expect/race.ts';
import type { CaseResult } from '../events.ts';
import type { Attempt } from './retry.ts';
import type { CaseRun } from './run-case.ts';

/** A case that was run in a guest, with what the guest showed. */
export interface Tried {
  readonly attempt: Attempt;
  /** Missing where there was no guest. */
  readonly observed?: CaseRun['observed'];
}

export interface RaceRun {
  readonly race: Race;
  /** The schedule of the case's machine. */
  readonly schedule: number | undefined;
  /** One with which it is known to show on this kernel; undefined where there is none, or the case cannot have one. */
  readonly known: ShowingSchedule | undefined;
  readonly signal: AbortSignal;
  /** Runs the case once: under that schedule, or as its machine says. Never throws. */
  attempt(schedule?: number): Promise<Tried>;
  notice(text: string): void;
}

/**
 * Runs a race until it shows, as often as its odds ask for. Under a schedule that is known to show it, one run is enough; where that run
 * does not show it, the odds count.
 */
export async function untilItShows(run: RaceRun): Promise<Tried> {
  const first = run.known === undefined ? undefined : await underKnownSchedule(run, run.known);
  if (first !== undefined) return first;
  const { race, schedule } = run;
  const most = schedule === undefined ? attemptsFor(race) : 1;
  let last = await run.attempt();
  let count = 1;
  for (; count < most && hasNotShown(last.attempt); count++) {
    const before = last.attempt.result.durationMs;
    const { attempt, ...rest } = await run.attempt();
    const durationMs = before + attempt.result.durationMs;
    last = { ...rest, attempt: { ...attempt, result: { ...attempt.result, durationMs } } };
  }
  return withRace(last, { attempts: count, ...(schedule !== undefined && { schedule }) });
}

/** Undefined where the race did not show, so that it is to be run without the schedule. */
async function underKnownSchedule(run: RaceRun, { seed, kernel }: ShowingSchedule): Promise<Tried | undefined> {
  const tried = await run.attempt(seed);
  const { verdict, reason = '' } = tried.attempt.result;
  // A value that nobody declared is a finding too.
  if (verdict === 'XFAIL' || verdict === 'FAIL' || run.signal.aborted)
    return withRace(tried, { attempts: 1, schedule: seed });
  run.notice(
    verdict === 'ERROR'
      ? `schedule ${seed} of expect.ts could not be tried: ${reason}`
      : `schedule ${seed} of expect.ts does not show it on ${kernel} any more`,
  );
  return undefined;
}

function withRace(tried: Tried, race: NonNullable<CaseResult['race']>): Tried {
  const { attempt } = tried;
  return { ...tried, attempt: { ...attempt, result: { ...attempt.result, race } } };
}

/** A SKIP with observations is a race that was not reproduced; one without them does not apply to the kernel. */
function hasNotShown({ result: { verdict, observations } }: Attempt): boolean {
  return verdict === 'PASS' || (verdict === 'SKIP' && observations.length > 0);
}
