import type { Accelerator } from '../qemu/machine.ts';

/**
 * How long a guest may take, in milliseconds. Under software emulation a published kernel was measured to boot in
 * 2.5 to 5 s on two idle cores; the limits leave room for a loaded machine and are reached by a hang alone.
 */
export interface Limits {
  readonly bootMs: number;
  readonly cloneMs: number;
  readonly sshMs: number;
  /** A scenario that does not name its own. */
  readonly scenarioMs: number;
  /** By how much a limit in an expect.ts, which speaks of KVM, is stretched. */
  readonly scale: number;
}

const KVM: Limits = { bootMs: 20_000, cloneMs: 5_000, sshMs: 10_000, scenarioMs: 30_000, scale: 1 };
const TCG: Limits = { bootMs: 90_000, cloneMs: 20_000, sshMs: 30_000, scenarioMs: 60_000, scale: 4 };

export function limitsFor(accelerator: Accelerator): Limits {
  return accelerator === 'kvm' ? KVM : TCG;
}
