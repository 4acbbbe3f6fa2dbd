import * as z from 'zod';
import { isImage, type Machine, memoryMiB, parameterName } from './machine.ts';

/** As many as QEMU's microvm takes without a measurable price for its tables. */
const MOST_CPUS = 8;
/** That of the default machine. With 128 MiB, 6.12.118 cannot unpack the guest's programs, and panics as if it were broken. */
const LEAST_MEMORY_MIB = 256;
/** More than any machine has that runs cases; what is too much for this host is found when QEMU starts. */
const MOST_MEMORY_MIB = 256 * 1024;
/** COMMAND_LINE_SIZE of x86 is 2048; kconform's own parameters take some 400 bytes of it. */
const MOST_PARAMETER_BYTES = 1500;

/** With other values kconform could not reach the guest, not notice its end, or not try its detectors (panic_on_taint). */
const RESERVED = [
  'console',
  'init',
  'initrdmem',
  'memmap',
  'mem',
  'panic',
  'panic_on_taint',
  'rdinit',
  'reboot',
  'root',
  'tsc_early_khz',
];

const DISK = /^\d+[MG]( (ext4|xfs|btrfs|vfat))?$/;
const NETWORKS = ['pair', 'user'];

const cpus = z
  .int('it is not a whole number')
  .min(1, `a machine has 1 to ${MOST_CPUS} CPUs`)
  .max(MOST_CPUS, `a machine has 1 to ${MOST_CPUS} CPUs`);

const memory = z
  .string()
  .regex(/^\d+[MG]$/, 'memory is written as 512M or 2G')
  .refine((text) => !(memoryMiB(text) < LEAST_MEMORY_MIB), `a guest needs at least ${LEAST_MEMORY_MIB}M`)
  .refine((text) => !(memoryMiB(text) > MOST_MEMORY_MIB), `more than ${MOST_MEMORY_MIB / 1024}G`);

const kernelParameter = z
  .string()
  .regex(/^[!-~]/, 'it is empty or begins with a blank')
  .regex(/^([!#-~]|"[ !#-~]*")*$/, 'a parameter is printable ASCII; one with blanks is quoted: dyndbg="file fork.c +p"')
  .refine((text) => text !== '--', '"--" ends the parameters of the kernel')
  .refine(
    (text) => !RESERVED.includes(parameterName(text)),
    `kconform itself sets ${RESERVED.slice(0, -1).join(', ')} and ${RESERVED.at(-1)}`,
  );

const module = z
  .string()
  .regex(
    /^[\w-]+( [\w.-]+(=([!#-~]|"[ !#-~]*")*)?)*$/,
    'a module is written as a name, with parameters behind it: loop max_loop=4',
  );

const disk = z
  .string()
  .refine(
    (text) => isImage(text) || DISK.test(text),
    'a disk is written as a size, a size and a file system (1G ext4; also xfs, btrfs, vfat), or the path of an image (./disk.qcow2)',
  )
  .refine((text) => !/^0+[MG]/.test(text), 'a disk has at least 1M');

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package has small letters, digits, +, - and . only');

const file = z
  .string()
  .regex(
    /^[^:]+:\/[^:]*(:[0-7]{3,4})?$/,
    'a file is written as FROM:TO or FROM:TO:MODE: ./tool:/usr/local/bin/tool:755',
  );

/** Checks what stands in a file; the type is Machine. */
export const MachineShape = z.strictObject({
  cpus: cpus.exactOptional(),
  memory: memory.exactOptional(),
  modules: z.array(module).readonly().exactOptional(),
  kernelParameters: z
    .array(kernelParameter)
    .refine((all) => all.join(' ').length <= MOST_PARAMETER_BYTES, `more than ${MOST_PARAMETER_BYTES} bytes`)
    .readonly()
    .exactOptional(),
  disks: z.array(disk).readonly().exactOptional(),
  net: z
    .array(z.enum(NETWORKS, `a network is ${NETWORKS.join(' or ')}`))
    .readonly()
    .exactOptional(),
  packages: z.array(packageName).readonly().exactOptional(),
  files: z.array(file).readonly().exactOptional(),
}) satisfies z.ZodType<Machine>;

/** What is wrong with a machine, a line each: `cpus: a machine has 1 to 8 CPUs`. */
export function machineFaults(fields: unknown): string[] {
  const { error } = MachineShape.safeParse(fields);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
}
