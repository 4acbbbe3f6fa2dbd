import { cachePath } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import { LARGEST_SEED } from '../../guest/deterministic/arguments.ts';
import { qemuVersion } from '../../guest/qemu/accelerator.ts';
import type { MachineSpec } from '../../guest/qemu/machine.ts';
import { verifyImages } from '../../guest/template/verify-images.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Machine } from '../../machine/machine.ts';
import { KernelMachines } from '../kernel-machines.ts';

/** A race needs two. */
const DEFAULT_CPUS = 2;
/** Of the eight that a machine can have, the pacer takes one. */
const MOST_CPUS = 7;

/**
 * The machine on which a scenario runs under a schedule.
 * @throws KC_SCHEDULE (case) for what works at moments that the host chooses: disks and networks; as KernelMachines
 */
export async function scheduledMachine(
  { kernel, machine }: { readonly kernel: Kernel; readonly machine: Machine },
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<MachineSpec> {
  const devices = machine.disks !== undefined ? 'disks' : machine.net !== undefined ? 'network interfaces' : undefined;
  if (devices !== undefined)
    throw scheduleError(
      `a machine with a schedule cannot have ${devices}: they answer at moments that the host chooses`,
      'leave them out, or run the scenario without a schedule',
    );
  const cpus = machine.cpus ?? DEFAULT_CPUS;
  if (cpus > MOST_CPUS)
    throw scheduleError(`a machine with a schedule can have ${MOST_CPUS} CPUs at the most`, `--cpus ${MOST_CPUS}`);
  const machines = await KernelMachines.prepare(await qemuVersion(cachePath('qemu.json'), signal));
  const inputs = await machines.inputsFor({ kernel, machine: { ...machine, cpus } }, 'tcg', { progress, signal });
  await verifyImages(inputs);
  return inputs.spec;
}

/** @param hint what to do instead */
export function scheduleError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_SCHEDULE', blame: 'case', hint });
}

/** Whether QEMU takes the number as a seed. */
export function isSeed(seed: number): boolean {
  return Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED;
}
