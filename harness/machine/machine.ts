import { KconformError } from '../errors/error.ts';

/**
 * The machine that a guest is, as a case, an option, a comment in a scenario or kconform.config.ts asks for it. What is left out
 * is as in the default machine: one CPU, 256 MiB, nothing else.
 */
export interface Machine {
  /** Number of CPUs, 1 to 8. */
  readonly cpus?: number;
  /** Memory, as `512M` or `2G`. A kernel that needs more, such as a debug kernel, gets what it needs. */
  readonly memory?: string;
  /** Modules that are loaded at boot, with their dependencies; parameters follow the name: `loop max_loop=4`. */
  readonly modules?: readonly string[];
  /**
   * Parameters of the kernel's command line: `panic_on_warn=1`. One that the default command line has too, such as
   * `mitigations=auto`, replaces it.
   */
  readonly kernelParameters?: readonly string[];
}

/** The machine of a case that asks for nothing. */
export const DEFAULT_MACHINE: Machine = {};

/**
 * One machine out of what several places ask for: a later value replaces an earlier one, and lists add up.
 * @param asked from the one that counts least (the configuration) to the one that counts most (an option)
 */
export function mergeMachines(asked: readonly (Machine | undefined)[]): Machine {
  const given = asked.filter((one) => one !== undefined);
  const lists = {
    modules: lastOfEach(
      given.flatMap((one) => one.modules ?? []),
      moduleName,
    ),
    kernelParameters: lastOfEach(
      given.flatMap((one) => one.kernelParameters ?? []),
      parameterName,
    ),
  };
  const all: Machine = { ...Object.assign({}, ...given), ...lists };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

/** Equal machines have equal keys; that of the default machine is `{}`. */
export function machineKey(machine: Machine): string {
  return JSON.stringify(Object.fromEntries(Object.entries(machine).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function isDefaultMachine(machine: Machine): boolean {
  return Object.keys(machine).length === 0;
}

/** Of those with the same name the last one counts. */
function lastOfEach(all: readonly string[], nameOf: (one: string) => string): string[] {
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}

/** The kernel takes a dash and an underscore in a name for the same (kernel/params.c, parameq). */
export function parameterName(parameter: string): string {
  return (parameter.split('=')[0] ?? '').replaceAll('-', '_');
}

/** The name of `loop max_loop=4`, as the kernel writes it. */
export function moduleName(module: string): string {
  return (module.split(' ')[0] ?? '').replaceAll('-', '_');
}

const UNITS: Readonly<Record<string, number>> = { M: 1, G: 1024 };

/** MiB of `512M` or `2G`; NaN for another text. */
export function memoryMiB(text: string): number {
  const [, count, unit = ''] = /^(\d+)([MG])$/.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}

/** @param hint what to write instead */
export function machineError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_MACHINE', blame: 'case', hint });
}
