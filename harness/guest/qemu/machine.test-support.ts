import type { Kernel } from '../../kernels/kernel.ts';
import { commandLineFor } from './command-line.ts';
import type { ArchiveFile, MachineSpec } from './machine.ts';

/** The default machine under software emulation, for tests that boot one themselves. */
export function emulated(kernel: Pick<Kernel, 'vmlinux'>, initramfs: ArchiveFile): MachineSpec {
  const commandLine = commandLineFor('tcg');
  return { accelerator: 'tcg', memoryMiB: 256, cpus: 1, vmlinux: kernel.vmlinux, initramfs, commandLine };
}
