import type { Reporter, RunEvent } from './events.ts';

/**
 * The reporters of a run. One that fails (its disk is full) gets no further events, and the run is stopped: the others get its end,
 * and write the results.
 */
export class Reporters {
  readonly #reporters: readonly Reporter[];
  readonly #failed = new Set<Reporter>();
  readonly #failures: unknown[] = [];
  readonly #stop = new AbortController();

  constructor(reporters: readonly Reporter[]) {
    this.#reporters = reporters;
  }

  /** Aborted when a reporter has failed. */
  get failed(): AbortSignal {
    return this.#stop.signal;
  }

  /** Passes the event to all that have not failed, in their order. Never rejects. */
  async emit(event: RunEvent): Promise<void> {
    for (const reporter of this.#reporters) {
      if (this.#failed.has(reporter)) continue;
      try {
        await reporter.on(event);
      } catch (error) {
        this.#failed.add(reporter);
        this.#failures.push(error);
        this.#stop.abort();
      }
    }
  }

  /** @throws why the first one failed */
  throwFailure(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
