import type { LoadedScenario } from '../../authors/scenarios.ts';
import { cachePath } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import { needsLeaks } from '../../expect/judge/oracles.ts';
import { qemuVersion } from '../../guest/qemu/accelerator.ts';
import { verifyImages } from '../../guest/template/verify-images.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { LARGEST_SEED, type Machine } from '../../machine/machine.ts';
import type { ProgramScenario } from '../../scenario/forms/inputs.ts';
import type { Case } from '../discovery/case.ts';
import { KernelMachines, type MachineInputs } from '../kernel-machines.ts';

/** A race needs two. */
const DEFAULT_CPUS = 2;
/** Of the eight that a machine can have, the pacer takes one. */
const MOST_CPUS = 7;

/** Why a machine cannot have a schedule; undefined where it can. */
export function unscheduledMachine({ disks, net, cpus = DEFAULT_CPUS }: Machine): string | undefined {
  const devices = disks !== undefined ? 'disks' : net !== undefined ? 'network interfaces' : undefined;
  if (devices !== undefined)
    return `a machine with a schedule cannot have ${devices}: they answer at moments that the host chooses`;
  return cpus > MOST_CPUS ? `a machine with a schedule can have ${MOST_CPUS} CPUs at the most` : undefined;
}

/** Why a case cannot run on its machine, which has a schedule; undefined where it can, or has none. */
export function unscheduled({ machine, loaded }: Pick<Case, 'machine' | 'loaded'>): string | undefined {
  if (machine.schedule === undefined || loaded instanceof Error) return undefined;
  const { scenario, expectation } = loaded;
  if (commandOf(scenario) === undefined) return NO_COMMAND;
  if (needsLeaks(expectation)) return 'nobody looks for leaks in a guest with a schedule';
  return unscheduledMachine(machine);
}

/** A scenario that is one command. */
export type CommandScenario = ProgramScenario & Required<Pick<ProgramScenario, 'runCommand'>>;

const NO_COMMAND =
  'only scenarios in shell (.sh) and C (.c) without arguments can run under a schedule: one in TypeScript talks to the host while it runs';

/** The scenario as one command; undefined where it talks to the host while it runs. */
export function commandOf(scenario: LoadedScenario): CommandScenario | undefined {
  if (scenario.kind === 'typescript' || scenario.runCommand === undefined) return undefined;
  return { ...scenario, runCommand: scenario.runCommand };
}

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

/** @param hint what to do instead */
export function scheduleError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_SCHEDULE', blame: 'case', hint });
}

/** Whether QEMU takes the number as a seed. */
export function isSeed(seed: number): boolean {
  return Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED;
}
