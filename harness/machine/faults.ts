import * as z from 'zod';
import { FILE_SYSTEMS, isImage, LARGEST_SEED, type Machine, memoryMiB, NETWORKS, parameterName } from './machine.ts';

/** More would take turns on the CPUs of most hosts. */
const MOST_CPUS = 8;
/** That of the default machine. With 128 MiB, 6.12.118 cannot unpack the guest's programs, and panics as if it were broken. */
const LEAST_MEMORY_MIB = 256;
/** A typo rather than a wish. Whether this host has as much is checked when the guest is prepared. */
const MOST_MEMORY_MIB = 256 * 1024;
/** COMMAND_LINE_SIZE of x86 is 2048; kconform's own parameters take some 400 bytes of it. */
const MOST_PARAMETER_BYTES = 1500;

/** With other values kconform could not reach the guest, notice its end or test its oracles (panic_on_taint). */
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

const DISK = new RegExp(`^\\d+[MG]( (${FILE_SYSTEMS.join('|')}))?$`);

const cpus = z
  .int('the number of CPUs is an integer; write one request per line')
  .min(1, `a machine has 1 to ${MOST_CPUS} CPUs`)
  .max(MOST_CPUS, `a machine has 1 to ${MOST_CPUS} CPUs`);

const memory = z
  .string()
  .regex(/^\d+[MG]$/, 'write memory as 512M or 2G')
  .refine((text) => !(memoryMiB(text) < LEAST_MEMORY_MIB), `a guest needs at least ${LEAST_MEMORY_MIB}M`)
  .refine((text) => !(memoryMiB(text) > MOST_MEMORY_MIB), `more than ${MOST_MEMORY_MIB / 1024}G`);

const kernelParameter = z
  .string()
  .regex(/^[!-~]/, 'it is empty or begins with a blank')
  .regex(/^([!#-~]|"[ !#-~]*")*$/, 'a parameter is printable ASCII; one with blanks is quoted: dyndbg="file fork.c +p"')
  .refine((text) => text !== '--', '"--" ends the parameters of the kernel')
  .refine(
    (text) => !RESERVED.includes(parameterName(text)),
    `kconform needs these as they are: ${RESERVED.join(', ')}`,
  );

const module = z
  .string()
  .regex(
    /^[\w-]+( [\w.-]+(=([!#-~]|"[ !#-~]*")*)?)*$/,
    'write a module as its name and its parameters: loop max_loop=4',
  );

const disk = z
  .string()
  .refine(
    (text) => isImage(text) || DISK.test(text),
    'write a disk as a size (64M), a size and a file system (1G ext4; also xfs, btrfs, vfat), or the path of an image (./disk.qcow2)',
  )
  .refine((text) => !/^0+[MG]/.test(text), 'a disk has at least 1M');

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package has small letters, digits, +, - and . only');

const file = z
  .string()
  .regex(
    /^[^:]+:\/[^:]*(:[0-7]{3,4})?$/,
    'write a file as FROM:TO or FROM:TO:MODE, with an absolute TO and an octal MODE: ./tool:/usr/local/bin/tool:755',
  );

const NO_SEED = `a schedule is a seed, an integer from 0 to ${LARGEST_SEED}`;
const schedule = z.int(NO_SEED).min(0, NO_SEED).max(LARGEST_SEED, NO_SEED);

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
  schedule: schedule.exactOptional(),
}) satisfies z.ZodType<Machine>;

/** What is wrong with a machine, a line each: `cpus: a machine has 1 to 8 CPUs`. */
export function machineFaults(fields: unknown): string[] {
  const { error } = MachineShape.safeParse(fields);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
}
