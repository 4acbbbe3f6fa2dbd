import { escapeComma } from '../qemu/escape-comma.ts';
import { commandLine, initramfsArguments, type MachineSpec, totalMemoryMiB } from '../qemu/machine.ts';

/** Files that QEMU writes for a machine with a schedule. */
export interface ScheduleFiles {
  readonly console: string;
  readonly answers: string;
}

export interface Schedule {
  /** 0 to 4294967295 */
  readonly seed: number;
  /** How long the command may take on the guest's clock, in milliseconds. */
  readonly limitMs: number;
}

/** images/guest/schedule.c writes to it. */
const ANSWER_PORT = '0xe9';
/** A nanosecond of the guest's clock is `2 ** -SHIFT` instructions. */
const SHIFT = 1;
/** Under -icount the time stamp counter counts nanoseconds. The rate of the host's counter would make hosts differ. */
const TSC = 'tsc_early_khz=1000000';

/**
 * QEMU's arguments for a machine that nothing from the host reaches: no monitor (monitor.ts adds one), no sockets, no disks. One more vCPU than the guest
 * is asked to have runs the pacer (docs/deterministic.md). The interrupt controller of the PC is off: QEMU 10.0 delivers its timer
 * to a kernel that does not expect it ("divide error" in start_kernel, 6.12.96).
 */
export function scheduleArguments(spec: MachineSpec, schedule: Schedule, files: ScheduleFiles): string[] {
  return [
    '-no-user-config',
    '-nodefaults',
    '-display', 'none',
    '-no-reboot',
    '-name', 'kconform',
    '-machine', 'microvm,pcie=on,rtc=on,pic=off,pit=on,memory-backend=ram',
    '-accel', 'tcg,thread=single',
    '-icount', `shift=${SHIFT},sleep=off`,
    '-seed', String(schedule.seed),
    '-rtc', 'base=2026-01-01T00:00:00,clock=vm',
    '-cpu', spec.needsCmpxchg16b === true ? 'max' : 'max,-cx16',
    '-smp', String(spec.cpus + 1),
    '-m', `${totalMemoryMiB(spec)}M`,
    '-object', `memory-backend-ram,id=ram,size=${totalMemoryMiB(spec)}M`,
    '-kernel', spec.vmlinux,
    ...initramfsArguments(spec, { kind: 'boot' }),
    '-append', scheduleCommandLine(spec, schedule),
    '-chardev', `file,id=console,path=${escapeComma(files.console)}`,
    '-serial', 'chardev:console',
    '-chardev', `file,id=answers,path=${escapeComma(files.answers)}`,
    '-device', `isa-debugcon,iobase=${ANSWER_PORT},chardev=answers`,
  ]; // biome-ignore format: an option and its value stand on one line
}

/** Tasks of the kernel and of the scenario stay off the pacer's CPU, the last one, unless they ask for it. */
function scheduleCommandLine(spec: MachineSpec, { seed, limitMs }: Schedule): string {
  const common = commandLine(spec).replace(/ tsc_early_khz=\d+ tsc=reliable/, '');
  const pacer = spec.cpus;
  return `${common} ${TSC} tsc=reliable nokaslr isolcpus=${pacer} kconform.schedule=${seed}:${pacer}:${limitMs}`;
}
