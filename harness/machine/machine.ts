import { KconformError } from '../errors/error.ts';

/** The file systems that a disk can have beforehand. */
export const FILE_SYSTEMS = ['ext4', 'xfs', 'btrfs', 'vfat'] as const;
export type FileSystem = (typeof FILE_SYSTEMS)[number];

/** `pair`: two interfaces, joined with each other and with nothing else; `user`: one, without access to the host. */
export const NETWORKS = ['pair', 'user'] as const;
export type Network = (typeof NETWORKS)[number];

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
  /**
   * Disks /dev/vda, /dev/vdb, … that each guest has to itself: a size (`64M`), a size and a file system (`1G ext4`; also xfs, btrfs,
   * vfat), or the path of an image (`./root.qcow2`), which is never written to.
   */
  readonly disks?: readonly string[];
  /** Network interfaces: `pair`, two that are joined with each other; `user`, one without access to the host. */
  readonly net?: readonly Network[];
  /** Debian packages with all that they depend on: `strace`. */
  readonly packages?: readonly string[];
  /** Files and folders of the host for the guest, `FROM:TO` or `FROM:TO:MODE`: `./guest:/`, `./tool:/usr/local/bin/tool:755`. */
  readonly files?: readonly string[];
  /**
   * A seed, 0 to 4294967295, that decides when each CPU runs, so that each run is the same (docs/deterministic.md). Default: the CPUs run as
   * the host lets them.
   */
  readonly schedule?: number;
}

/** What QEMU takes as a seed, and Number holds exactly. */
export const LARGEST_SEED = 0xffff_ffff;

/** The machine of a case that asks for nothing. */
export const DEFAULT_MACHINE: Machine = {};

/** Lists, in which what several places ask for adds up; of entries with the same name only the last counts. */
const LISTS: readonly { readonly field: ListField; nameOf(entry: string, index: number): string }[] = [
  { field: 'modules', nameOf: moduleName },
  { field: 'kernelParameters', nameOf: parameterName },
  { field: 'disks', nameOf: (_, index) => String(index) }, // two disks that are asked for alike are two disks
  { field: 'net', nameOf: (_, index) => String(index) },
  { field: 'packages', nameOf: (name) => name },
  { field: 'files', nameOf: (file) => file },
];
type ListField = 'modules' | 'kernelParameters' | 'disks' | 'net' | 'packages' | 'files';

/**
 * One machine out of what several places ask for: a later value replaces an earlier one, and lists add up.
 * @param asked from the one that counts least (the configuration) to the one that counts most (an option)
 */
export function mergeMachines(asked: readonly (Machine | undefined)[]): Machine {
  const given = asked.filter((one) => one !== undefined);
  const lists = LISTS.map(({ field, nameOf }): [string, readonly string[]] => {
    const all = given.flatMap((one) => one[field] ?? []);
    return [field, [...new Map(all.map((entry, index) => [nameOf(entry, index), entry])).values()]];
  });
  const scalars: Machine = Object.assign({}, ...given.map(withoutLists));
  return { ...scalars, ...Object.fromEntries(lists.filter(([, all]) => all.length > 0)) };
}

function withoutLists({ cpus, memory, schedule }: Machine): Machine {
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memory }),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

/** The machine on which CPUs run as the host lets them. */
export function withoutSchedule({ schedule: _, ...machine }: Machine): Machine {
  return machine;
}

/** Equal machines have equal keys; that of the default machine is `{}`. */
export function machineKey(machine: Machine): string {
  return JSON.stringify(Object.fromEntries(Object.entries(machine).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function isDefaultMachine(machine: Machine): boolean {
  return Object.keys(machine).length === 0;
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

/** The machine with the paths in it made absolute, from the folder where it is asked for. */
export function withAbsolutePaths(machine: Machine, absolute: (path: string) => string): Machine {
  const { files, disks } = machine;
  return {
    ...machine,
    ...(files && { files: files.map((file) => file.replace(/^[^:]+/, absolute)) }),
    ...(disks && { disks: disks.map((disk) => (isImage(disk) ? absolute(disk) : disk)) }),
  };
}

/** Whether a disk is the path of an image. */
export function isImage(disk: string): boolean {
  return disk.includes('/');
}

/** @param hint what to write instead */
export function machineError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_MACHINE', blame: 'case', hint });
}
