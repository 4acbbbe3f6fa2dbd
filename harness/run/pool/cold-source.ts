import { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import type { MachineSpec } from '../../guest/qemu/machine.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';

/** Guests that are booted one by one. */
export class ColdSource {
  readonly #spec: MachineSpec;
  readonly #boots: BootRecord[] = [];

  constructor(spec: MachineSpec) {
    this.#spec = spec;
  }

  async start(limits: Limits, signal: AbortSignal): Promise<GuestMachine> {
    const startedAt = performance.now();
    const machine = await GuestMachine.boot(this.#spec, limits, signal);
    this.#boots.push({ ...machine.boot, ms: Math.round(performance.now() - startedAt) });
    return machine;
  }

  /** A boot for each guest so far. */
  boots(): readonly BootRecord[] {
    return this.#boots;
  }
}
