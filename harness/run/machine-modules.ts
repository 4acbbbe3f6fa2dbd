import { KconformError } from '../errors/error.ts';
import { didYouMean } from '../errors/nearest.ts';
import { type GuestModule, readDrivers } from '../guest/initramfs/modules.ts';
import type { AptOptions } from '../kernels/debian/apt.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { findModules, type ModuleAnswer } from '../kernels/modules/find-modules.ts';

/** What a kernel has of the modules that a machine asks for. */
export interface MachineModules {
  /** The drivers of the guest's ports first. */
  readonly modules: readonly GuestModule[];
  /** Parameters of those that are built in. */
  readonly kernelParameters: readonly string[];
}

/**
 * What a guest of the kernel loads.
 * @param names as Machine.modules has them
 * @throws KC_MODULE_UNKNOWN (case); KC_MODULE_MISSING (host), which makes a case a SKIP; KC_MODULE_UNUSABLE (host); and as findModules
 */
export async function modulesFor(
  kernel: Kernel,
  names: readonly string[],
  options: AptOptions,
): Promise<MachineModules> {
  const { answers, modules } = await findModules(kernel, names, options);
  const failure = answers.map((answer) => failureOf(answer, kernel)).find((error) => error !== undefined);
  if (failure !== undefined) throw failure;
  const all = await readDrivers(kernel.modules ?? []);
  const drivers = all.map((driver) => modules.find(({ name }) => name === driver.name) ?? driver); // with its parameters
  const others = modules.filter(({ name }) => drivers.every((driver) => driver.name !== name));
  const kernelParameters = answers.flatMap((answer) => (answer.kind === 'built-in' ? answer.kernelParameters : []));
  return { modules: [...drivers, ...others], kernelParameters };
}

function failureOf(answer: ModuleAnswer, { version }: Kernel): KconformError | undefined {
  const { name } = answer;
  switch (answer.kind) {
    case 'module':
    case 'built-in':
      return undefined;
    case 'not-configured':
      return new KconformError(`needs the module ${name}, and ${version} has no ${answer.options.join(' or ')}`, {
        code: 'KC_MODULE_MISSING',
        blame: 'host',
        hint: 'choose a kernel that has it: the amd64 flavour has more modules than cloud (--kernel 6.12:amd64)',
      });
    case 'no-file':
      return new KconformError(`the module ${name} of ${version} cannot be loaded: ${answer.reason}`, {
        code: 'KC_MODULE_UNUSABLE',
        blame: 'host',
        hint: 'put the modules of this kernel beside it; docs/kernels.md says where they are looked for',
      });
    case 'unknown':
      return new KconformError(`no kernel has a module ${name}`, {
        code: 'KC_MODULE_UNKNOWN',
        blame: 'case',
        hint: didYouMean(name, answer.nearest) ?? 'a module is named as modprobe(8) takes it: overlay, nf_tables',
      });
    case 'unknown-parameter':
      return new KconformError(`the module ${name} has no parameter ${answer.parameter}`, {
        code: 'KC_MODULE_UNKNOWN',
        blame: 'case',
        hint: `its parameters are ${answer.known.join(', ') || 'none'}`,
      });
  }
}
