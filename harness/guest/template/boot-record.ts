import type { Health } from '../qemu/control.ts';

/** What one boot of a guest left to be judged. */
export interface BootRecord {
  /** All that the console said until the guest was handed over. */
  readonly console: string;
  /** The kernel's own counters at that moment; they begin at zero with the boot. */
  readonly health: Health;
  /** How long the boot took, in milliseconds. */
  readonly ms: number;
  /** Why a boot before it failed, if one did: under emulation, a machine with several CPUs is booted once more. */
  readonly failedBefore?: string | undefined;
}
