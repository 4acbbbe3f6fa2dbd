import { cachePath } from '../../cache/folder.ts';
import { qemuVersion } from '../../guest/qemu/accelerator.ts';
import { verifyImages } from '../../guest/template/verify-images.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Machine } from '../../machine/machine.ts';
import { KernelMachines, type MachineInputs } from '../kernel-machines.ts';
import { DEFAULT_CPUS, scheduleError, unscheduledMachine } from './refusals.ts';

/**
 * The machine on which a scenario runs under a schedule.
 * @throws KC_SCHEDULE (case) for what works at moments that the host chooses: disks and networks; as KernelMachines
 */
export async function scheduledMachine(
  { kernel, machine }: { readonly kernel: Kernel; readonly machine: Machine },
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<MachineInputs> {
  const unable = unscheduledMachine(machine);
  if (unable !== undefined) throw scheduleError(unable, 'change the machine, or run the scenario without a schedule');
  const cpus = machine.cpus ?? DEFAULT_CPUS;
  const machines = await KernelMachines.prepare(await qemuVersion(cachePath('qemu.json'), signal));
  const inputs = await machines.inputsFor({ kernel, machine: { ...machine, cpus } }, 'tcg', { progress, signal });
  await verifyImages(inputs);
  return inputs;
}
