import type { CaseResult, Reporter, RunEvent, RunStarted } from '../events.ts';

/** One case on one kernel, with what it left behind. */
export interface RecordedCase {
  readonly result: CaseResult;
  readonly console: string;
  readonly transcript: string;
}

/** A run that was killed stays `running`. */
export type RunState = 'running' | 'finished' | 'interrupted';

/** A run as a report of the whole sees it: what its events told, or what was kept of them in a folder. */
export interface RunRecord {
  readonly started: RunStarted;
  readonly state: RunState;
  readonly durationMs: number;
  readonly cases: readonly RecordedCase[];
}

/** Remembers a run's events, and hands the whole over when the run has finished. */
export class Recorder implements Reporter {
  readonly #done: (record: RunRecord) => Promise<void>;
  readonly #cases: RecordedCase[] = [];
  #started: RunStarted | undefined;

  constructor(done: (record: RunRecord) => Promise<void>) {
    this.#done = done;
  }

  async on(event: RunEvent): Promise<void> {
    if (event.type === 'run-started') this.#started = event;
    if (event.type === 'case-finished') {
      const { result, console, transcript } = event;
      this.#cases.push({ result, console, transcript });
    }
    if (event.type === 'run-finished' && this.#started !== undefined) {
      const { durationMs, interrupted } = event;
      const state = interrupted ? 'interrupted' : 'finished';
      await this.#done({ started: this.#started, state, durationMs, cases: this.#cases });
    }
  }
}

/** The events that such a run was told by, for a consumer of events. */
export function* eventsOf({ started, state, durationMs, cases }: RunRecord): Generator<RunEvent> {
  yield started;
  for (const { result, console, transcript } of cases) {
    yield { type: 'case-finished', kernel: result.kernel, result, console, transcript };
  }
  yield { type: 'run-finished', durationMs, interrupted: state !== 'finished' };
}

/** The cases of each kernel, kernels in the order in which they first came. */
export function byKernel(record: RunRecord): ReadonlyMap<string, readonly RecordedCase[]> {
  const kernels = new Map<string, RecordedCase[]>();
  for (const entry of record.cases) {
    const { version } = entry.result.kernel;
    const known = kernels.get(version);
    if (known === undefined) kernels.set(version, [entry]);
    else known.push(entry);
  }
  return kernels;
}
