import type { DebugTarget } from '../../guest/debug/target.ts';
import type { ScheduledDebugger } from '../../guest/deterministic/monitor.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import type { DebugOptions } from '../debug/options.ts';
import { DebugSession } from '../debug/session.ts';

/** A debugger for the guest of one seed. */
export class ScheduledDebug implements ScheduledDebugger, AsyncDisposable {
  readonly #kernel: Kernel;
  readonly #options: DebugOptions;
  readonly #signal: AbortSignal;
  #session: DebugSession | undefined;

  constructor(kernel: Kernel, options: DebugOptions, signal: AbortSignal) {
    this.#kernel = kernel;
    this.#options = options;
    this.#signal = signal;
  }

  async begin(target: DebugTarget): Promise<AbortSignal> {
    this.#session = await DebugSession.open(target, this.#kernel, this.#options, this.#signal);
    return this.#session.signal;
  }

  async end(): Promise<void> {
    await this.#session?.end();
  }

  /** What may be said of the run. */
  judged(seen: ScenarioRun): ScenarioRun {
    return this.#session?.judged(seen) ?? seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
  }
}
