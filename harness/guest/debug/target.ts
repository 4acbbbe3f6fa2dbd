import type { GuestMachine } from '../guest-machine.ts';
import type { Qemu } from '../qemu/qemu.ts';

/** A guest that a debugger looks into. */
export interface DebugTarget {
  readonly qemu: Pick<Qemu, 'qmp' | 'folder' | 'pause' | 'stayAfterEnd'>;
  /** Runs commands in the guest; undefined under a schedule, where the guest has no agent. */
  readonly agent?: Pick<GuestMachine['agent'], 'exec'>;
  /** True for a machine that is stopped before its first instruction, and begins when it is told to. */
  readonly isNew?: true;
}
