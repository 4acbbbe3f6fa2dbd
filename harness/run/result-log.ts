import type { Attempt } from './case/retry.ts';
import { type CaseResult, jobKey, type KernelIdentity, type RunEvent } from './events.ts';

export type Emit = (event: RunEvent) => Promise<void>;

/**
 * The results of one run, in the order in which its jobs end, one for each case on each kernel: a later one replaces an earlier
 * one. Each is passed on to the reporters.
 */
export class ResultLog {
  readonly #results = new Map<string, CaseResult>();
  readonly #emit: Emit;
  readonly #signal: AbortSignal;

  /** @param signal aborted when the run is interrupted */
  constructor(emit: Emit, signal: AbortSignal) {
    this.#emit = emit;
    this.#signal = signal;
  }

  /** Adds the result of a job, unless the run was interrupted: the interruption may be its reason. @returns whether it was added */
  async add(attempt: Attempt): Promise<boolean> {
    if (this.#signal.aborted) return false;
    await this.addEarlier(attempt);
    return true;
  }

  /** Adds the result of an earlier run. */
  async addEarlier({ result, console, transcript }: Attempt): Promise<void> {
    this.#results.set(jobKey(result.kernel, result.case), result);
    await this.#emit({ type: 'case-finished', kernel: result.kernel, result, console, transcript });
  }

  /** The result of that case on that kernel; undefined until there is one. */
  of(kernel: KernelIdentity, name: string): CaseResult | undefined {
    return this.#results.get(jobKey(kernel, name));
  }

  all(): CaseResult[] {
    return [...this.#results.values()];
  }
}
