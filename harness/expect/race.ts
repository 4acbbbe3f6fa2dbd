/** Races: known bugs that show only in some runs, however right the case is. */

/** How often a race shows on a kernel that has the bug, as it was measured. */
export interface Race {
  /** In how many of the runs it showed, each in a guest of its own. */
  readonly hits: number;
  /** How many runs were made; 50 or more. */
  readonly runs: number;
  /** The kernel that they were made on: `6.12.96`. */
  readonly kernel: string;
}

/** A schedule with which a race shows (docs/deterministic.md). It says nothing of other kernels, nor of other versions of QEMU. */
export interface ShowingSchedule {
  /** 1 to 4294967295. */
  readonly seed: number;
  /** The release of the kernel: `6.12.96+deb13-cloud-amd64`. */
  readonly kernel: string;
  /** The version of QEMU: `7.2.22`. */
  readonly qemu: string;
}

/** The share of kernels with the bug that a run of the case may miss. */
const MISSED = 0.01;

/**
 * How often the case has to be run so that a kernel with the bug shows it with 99 %. The rate is a cautious one, as if two more runs
 * had shown nothing: 50 of 50 do not prove that it shows in every run.
 */
export function attemptsFor({ hits, runs }: Race): number {
  return Math.ceil(Math.log(MISSED) / Math.log(1 - hits / (runs + 2)));
}

/** What was tried: the result's `race`. */
export interface Tried {
  readonly attempts: number;
  readonly schedule?: number;
}

/** Why a kernel on which the race did not show may have the bug all the same. */
export function notShown(race: Race, tried: Tried = { attempts: attemptsFor(race) }): string {
  return `a race that did not show in ${triedText(tried)}, which proves nothing`;
}

/** `3 attempts`, `1 attempt with schedule 17` */
export function triedText({ attempts, schedule }: Tried): string {
  return schedule === undefined ? attemptsText(attempts) : `${attemptsText(attempts)} with schedule ${schedule}`;
}

/** `3 attempts` */
export function attemptsText(count: number): string {
  return count === 1 ? '1 attempt' : `${count} attempts`;
}
