import { isWithin } from '../../expect/judge/diff.ts';
import { standingAt, standingOf } from '../../expect/judge/standing.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import type { SeenKernel } from '../../report/text/series/bisection.ts';
import type { Case } from '../../run/discovery/cases.ts';
import type { CaseResult, RunEvent } from '../../run/events.ts';
import { run } from '../../run/run.ts';
import type { State } from '../../series/search.ts';
import { progressToStderr } from '../options.ts';
import { type ReuseChoice, reuseOf } from '../reuse-options.ts';
import { kconformVersion } from '../version.ts';
import type { SeriesSubject } from './subject.ts';
import { confirmTimeOuts, isWithoutEnd } from './time-outs.ts';

export interface LookerOptions extends ReuseChoice {
  readonly accel: Accelerator | undefined;
  /** How many guests run at once. */
  readonly jobs: number;
  /** How often it is run on each kernel until it is bad. */
  readonly repeat: number;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly kernel: PlannedKernel;
  readonly results: CaseResult[];
}

/** Runs a case or a file on kernels, and says how each stands. */
export class Looker {
  readonly #subject: SeriesSubject;
  readonly #options: LookerOptions;
  readonly #seen = new Map<string, Seen>();

  constructor(subject: SeriesSubject, options: LookerOptions) {
    this.#subject = subject;
    this.#options = options;
  }

  /** @param again runs it once more, unless what is known comes from earlier runs */
  async look(kernels: readonly PlannedKernel[], again: boolean): Promise<State[]> {
    const { repeat } = this.#options;
    const asked = kernels.filter((kernel) => (again ? !this.#isReused(kernel) : !this.#seen.has(kernel.id)));
    // An outcome of an earlier run says nothing of a race.
    await this.#run(asked, again || repeat > 1);
    for (let time = 1; time < repeat; time++) {
      const quiet = asked.filter((kernel) => this.stateOf(kernel) !== 'bad' && !this.#isReused(kernel));
      await this.#run(quiet, true);
    }
    return kernels.map((kernel) => this.stateOf(kernel));
  }

  /** All kernels that were looked at. */
  seen(): readonly SeenKernel[] {
    return [...this.#seen.values()].map(({ kernel, results }) => ({ kernel, state: this.stateOf(kernel), results }));
  }

  /**
   * What all runs on the kernel agree in. One that is bad outweighs those that are good: a race does not show each time. Runs in which
   * nothing could be observed do not count.
   */
  stateOf({ id }: PlannedKernel): State {
    const results = this.#seen.get(id)?.results ?? [];
    const states = results.flatMap((result) => [stateOf(result, this.#subject), earlierState(result, this.#subject)]);
    const known = new Set(states.filter((state) => state !== undefined));
    if (known.has('bad')) return 'bad';
    const [state, another] = known;
    return another === undefined ? state : undefined;
  }

  #isReused({ id }: PlannedKernel): boolean {
    return this.#seen.get(id)?.results.at(-1)?.reused !== undefined;
  }

  async #run(kernels: readonly PlannedKernel[], fresh: boolean): Promise<void> {
    if (kernels.length === 0 || this.#options.signal.aborted) return;
    const { testCase, endsInTime } = this.#subject;
    const { accel, signal } = this.#options;
    const runOn = (own: readonly PlannedKernel[], one: Case) => this.#results(own, one, fresh);
    let results: readonly CaseResult[] = await runOn(kernels, testCase);
    if (endsInTime && !signal.aborted)
      results = await confirmTimeOuts(results, kernels, { testCase, runOn, running: { accel, signal } });
    if (signal.aborted) return;
    for (const kernel of kernels) {
      const seen = this.#seen.get(kernel.id) ?? { kernel, results: [] };
      this.#seen.set(kernel.id, seen);
      const result = results.find((one) => one.kernel.id === kernel.id);
      if (result === undefined) continue;
      seen.results.push(result);
      progressToStderr(`${kernel.version}: ${stateOf(result, this.#subject) ?? 'undetermined'}`);
    }
  }

  #results(kernels: readonly PlannedKernel[], testCase: Case, fresh: boolean): Promise<CaseResult[]> {
    const { accel, jobs, signal } = this.#options;
    return run({
      kernels,
      cases: [testCase],
      boot: undefined,
      accelerator: accel,
      reuse: fresh ? { read: false, recheck: 0 } : reuseOf(this.#options, true),
      isolation: 'clone',
      jobs,
      leaks: false,
      version: kconformVersion(),
      ownOptions: [],
      reporters: [{ on: tellProgress }],
      signal,
    });
  }
}

function tellProgress(event: RunEvent): void {
  if (event.type === 'progress') progressToStderr(event.message);
  if (event.type === 'notice') progressToStderr(event.text);
}

/** The state of one result: good or bad, `no end`, or the values of the observation that is asked for. */
function stateOf(result: CaseResult, { path, isFile }: SeriesSubject): State {
  if (!isFile) {
    const standing = standingAt(result, path);
    return standing === 'unknown' ? undefined : standing;
  }
  if (isWithoutEnd(result)) return 'no end';
  const { verdict, observations } = result;
  if (verdict !== 'PASS' && verdict !== 'FAIL') return undefined;
  if (path === undefined) return verdict === 'PASS' ? 'good' : 'bad';
  const own = observations.filter((one) => isWithin(one.path, path));
  if (own.length === 0) return undefined;
  const [first] = own;
  if (own.length === 1 && first?.path === path) return first.observed;
  return own.map((one) => `${one.path}: ${one.observed}`).join(', ');
}

/** What an earlier run of the same inputs showed, where it does not agree with this one. */
function earlierState({ earlier }: CaseResult, { path }: SeriesSubject): State {
  if (earlier === undefined || path !== undefined) return undefined;
  const standing = standingOf(earlier.verdict);
  return standing === 'unknown' ? undefined : standing;
}
