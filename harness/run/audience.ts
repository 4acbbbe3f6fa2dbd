import type { Reporter, RunEvent } from './events.ts';

/**
 * The reporters of a run. One that fails (its disk is full) is told nothing more and ends the run in order: the others are told
 * of the end, and write what was judged.
 */
export class Audience {
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

  /** Tells all that have not failed, in their order. Never rejects. */
  async tell(event: RunEvent): Promise<void> {
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
