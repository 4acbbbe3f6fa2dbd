import { readFileSync } from 'node:fs';
import { parameterName } from '../../machine/machine.ts';
import type { Accelerator } from './machine.ts';
import { tscArgument } from './tsc.ts';

/**
 * `quiet` is absent on purpose: the boot log is evidence. `panic=-1` with -no-reboot makes QEMU end at a panic.
 * `log_buf_len` keeps what a case logs until it is read at the case's end.
 * `random.trust_cpu=on` keeps a boot from waiting for entropy; a clone is given a seed of its own all the same.
 */
const COMMON =
  'console=ttyS0 rdinit=/init panic=-1 no_timer_check reboot=t random.trust_cpu=on random.trust_bootloader=on mitigations=off log_buf_len=2M';

/**
 * The kernel's command line, which under software emulation tells the rate of the host's time stamp counter.
 * @param asked parameters for this machine; each replaces the one of the same name
 */
export function commandLineFor(accelerator: Accelerator, asked: readonly string[] = []): string {
  const names = new Set(asked.map(parameterName));
  const common = COMMON.split(' ').filter((parameter) => !names.has(parameterName(parameter)));
  const tsc = accelerator === 'kvm' ? '' : tscArgument(readFileSync('/proc/cpuinfo', 'utf8'));
  return [common.join(' ') + tsc, ...asked].join(' ');
}
