import {
  type CaseResult,
  jobKey,
  type KernelIdentity,
  type Reporter,
  type RunEvent,
  type RunStarted,
} from '../events.ts';
import { kernelNames, type NameOf } from '../kernel-names.ts';

/** One case on one kernel, with its logs. */
export interface RecordedCase {
  readonly result: CaseResult;
  readonly console: string;
  readonly transcript: string;
}

/** A run that was killed stays `running`. */
export type RunState = 'running' | 'finished' | 'interrupted';

/** A whole run, for reports: collected from its events, or read from a folder. */
export interface RunRecord {
  readonly started: RunStarted;
  readonly state: RunState;
  readonly durationMs: number;
  readonly cases: readonly RecordedCase[];
}

/** Collects a run's events, and passes the whole on when the run has finished. */
export class Recorder implements Reporter {
  readonly #done: (record: RunRecord) => Promise<void>;
  readonly #cases = new Map<string, RecordedCase>();
  #started: RunStarted | undefined;

  constructor(done: (record: RunRecord) => Promise<void>) {
    this.#done = done;
  }

  async on(event: RunEvent): Promise<void> {
    if (event.type === 'run-started') this.#started = event;
    if (event.type === 'case-finished') {
      const { result, console, transcript } = event;
      this.#cases.set(jobKey(result.kernel, result.case), { result, console, transcript });
    }
    if (event.type === 'run-finished' && this.#started !== undefined) {
      const { durationMs, interrupted } = event;
      const state = interrupted ? 'interrupted' : 'finished';
      await this.#done({ started: this.#started, state, durationMs, cases: [...this.#cases.values()] });
    }
  }
}

/** The events of a recorded run, for a consumer of events. */
export function* eventsOf({ started, state, durationMs, cases }: RunRecord): Generator<RunEvent> {
  yield started;
  for (const { result, console, transcript } of cases) {
    yield { type: 'case-finished', kernel: result.kernel, result, console, transcript };
  }
  yield { type: 'run-finished', durationMs, interrupted: state !== 'finished' };
}

/** The cases that were judged on one kernel; at least one. */
export interface KernelCases {
  readonly kernel: KernelIdentity;
  /** For people: see kernelNames. */
  readonly name: string;
  readonly cases: readonly RecordedCase[];
}

/** The cases of each kernel, kernels in the order of their first results. */
export function byKernel(record: RunRecord): readonly KernelCases[] {
  const nameOf = namesIn(record);
  const kernels = new Map<string, RecordedCase[]>();
  for (const entry of record.cases) {
    const { id } = entry.result.kernel;
    const known = kernels.get(id);
    if (known === undefined) kernels.set(id, [entry]);
    else known.push(entry);
  }
  return [...kernels.values()].flatMap((cases) => {
    const [first] = cases;
    return first === undefined ? [] : [{ kernel: first.result.kernel, name: nameOf(first.result.kernel), cases }];
  });
}

/** Names of the kernels of a run that tell them apart. */
export function namesIn({ started, cases }: RunRecord): NameOf {
  return kernelNames([...(started.planned?.kernels ?? []), ...cases.map(({ result }) => result.kernel)]);
}
