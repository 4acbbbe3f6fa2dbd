import type { Splat } from '../../expect/outcome.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import type { Machine } from '../../machine/machine.ts';
import { readSplats } from '../../oracles/splats/splats.ts';
import { symbolise } from '../../oracles/splats/symbolise.ts';
import { caseConsole } from '../../oracles/watch.ts';
import { type Environment, prepareEnvironment } from '../environment.ts';

export interface OneGuestOptions {
  /** What --kernel names. */
  readonly spec: string;
  readonly accelerator: Accelerator | undefined;
  readonly machine: Machine;
  /** Whether to download debug information, for file and line in splats. */
  readonly symbols?: boolean;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** A guest for a person: a clone of the kernel that the spec names, up until it is disposed. */
export class OneGuest implements AsyncDisposable {
  readonly kernel: Kernel;
  readonly environment: Environment;
  readonly machine: GuestMachine;

  private constructor(kernel: Kernel, environment: Environment, machine: GuestMachine) {
    this.kernel = kernel;
    this.environment = environment;
    this.machine = machine;
  }

  static async start({
    spec,
    accelerator,
    machine,
    symbols = false,
    signal,
    progress,
  }: OneGuestOptions): Promise<OneGuest> {
    const kernel = await resolveKernel(spec, { signal, progress, symbols });
    const environment = await prepareEnvironment(kernel, accelerator, progress, signal);
    const source = await environment.guestsOf({ kernel, machine }, 'clone', progress, signal);
    return new OneGuest(kernel, environment, await source.start(signal));
  }

  /** What the kernel's console has shown so far, with file and line where there are symbols. */
  async splats(): Promise<Splat[]> {
    const splats = readSplats(caseConsole(this.machine));
    const { symbols } = this.kernel;
    return symbols === undefined ? splats : symbolise(splats, symbols);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine[Symbol.asyncDispose]();
  }
}
