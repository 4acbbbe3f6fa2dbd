import { readFileSync } from 'node:fs';
import type { Accelerator } from './machine.ts';
import { tscArgument } from './tsc.ts';

/**
 * `quiet` is absent on purpose: the boot log is evidence. `panic=-1` with -no-reboot makes QEMU end at a panic.
 * `log_buf_len` keeps what a case logs until it is read at the case's end.
 * `random.trust_cpu=on` keeps a boot from waiting for entropy; a clone is given a seed of its own all the same.
 */
const COMMON =
  'console=ttyS0 rdinit=/init panic=-1 no_timer_check reboot=t random.trust_cpu=on random.trust_bootloader=on mitigations=off log_buf_len=2M';

/** The kernel's command line, which under software emulation tells the rate of the host's time stamp counter. */
export function commandLineFor(accelerator: Accelerator): string {
  return accelerator === 'kvm' ? COMMON : COMMON + tscArgument(readFileSync('/proc/cpuinfo', 'utf8'));
}
