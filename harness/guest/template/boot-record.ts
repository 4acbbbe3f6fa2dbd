import type { Health } from '../qemu/control.ts';

/** What one boot of a guest left to be judged. */
export interface BootRecord {
  /** All that the console said until the guest was handed over. */
  readonly console: string;
  /** The kernel's own counters at that moment; they begin at zero with the boot. */
  readonly health: Health;
  /** How long the boot took, in milliseconds. */
  readonly ms: number;
}
