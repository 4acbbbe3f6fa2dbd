import { join } from 'node:path';
import type { Network } from '../../machine/machine.ts';
import { diskArguments, type GuestDisk, networkArguments } from './devices.ts';
import { escapeComma } from './escape-comma.ts';

export type Accelerator = 'kvm' | 'tcg';

/** What a machine is made of; everything here goes into the template's key. */
export interface MachineSpec {
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly vmlinux: string;
  readonly initramfs: ArchiveFile;
  /** More archives, which the kernel unpacks behind the initramfs, in this order. */
  readonly archives?: readonly HashedArchive[];
  readonly commandLine: string;
  /** Whether the kernel cannot do without the instruction: kmalloc_nolock (6.18), which BPF arenas allocate with, fails without it. */
  readonly needsCmpxchg16b?: boolean;
  /** /dev/vda, /dev/vdb, … */
  readonly disks?: readonly GuestDisk[];
  readonly networks?: readonly Network[];
}

/** A cpio archive: its path, and its size in bytes. */
export interface ArchiveFile {
  readonly path: string;
  readonly size: number;
}

export interface HashedArchive extends ArchiveFile {
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** Names of the guest's virtio-serial ports; images/guest/init.c looks for the same. */
export const CONTROL_PORT = 'kconform.control';
export const SSH_PORT = 'kconform.ssh';

/** The number that an inherited descriptor has in QEMU: the first after the standard streams. */
export const INHERITED_FD = 3;

/** How the machine's memory and start differ between a boot, a template and a clone. */
export type Start =
  | { readonly kind: 'boot' }
  /** Memory in a shared file, which becomes the template's. */
  | { readonly kind: 'template'; readonly memory: string }
  /** Memory mapped privately from the template's file; device state comes from this descriptor of ours, which QEMU inherits. */
  | { readonly kind: 'clone'; readonly memory: string; readonly stateFd: number };

/**
 * QEMU's argument list. The sockets `qmp`, `control` and `ssh` in `folder` are listened on by us before QEMU starts,
 * so that nobody polls for them; a template listens on `ssh` itself, as it has more than one client there one after another.
 */
export function machineArguments(spec: MachineSpec, start: Start, folder: string): string[] {
  const socket = (id: string) => `socket,id=${id},path=${escapeComma(join(folder, id))}`;
  return [
    '-no-user-config',
    '-nodefaults',
    '-display', 'none',
    '-no-reboot',
    '-name', 'kconform',
    '-machine', `microvm,pcie=on,rtc=on,memory-backend=ram`,
    ...acceleratorArguments(spec),
    '-smp', String(spec.cpus),
    '-m', `${totalMemoryMiB(spec)}M`,
    '-object', memoryObject(spec, start),
    '-kernel', spec.vmlinux,
    ...initramfsArguments(spec, start),
    '-append', commandLine(spec),
    '-chardev', `file,id=console,path=${escapeComma(join(folder, 'console.log'))}`,
    '-serial', 'chardev:console',
    '-chardev', socket('qmp'),
    '-mon', 'chardev=qmp,mode=control',
    '-device', 'virtio-serial-pci,id=serial,max_ports=4',
    '-chardev', socket('control'),
    '-device', `virtserialport,bus=serial.0,nr=1,chardev=control,name=${CONTROL_PORT}`,
    '-chardev', start.kind === 'template' ? `${socket('ssh')},server=on,wait=off` : socket('ssh'),
    '-device', `virtserialport,bus=serial.0,nr=2,chardev=ssh,name=${SSH_PORT}`,
    ...diskArguments(spec.disks ?? []),
    ...networkArguments(spec.networks ?? []),
    // A boot waits for QMP's `cont`: a kernel that resets at once would be gone before anybody listened.
    ...(start.kind === 'clone' ? ['-incoming', 'defer'] : ['-S']),
  ]; // biome-ignore format: an option and its value stand on one line
}

const MIB = 2 ** 20;
/** Above it the firmware and QEMU's microvm put nothing but PCI devices, with any size of memory. */
const LOW_MEMORY_MIB = 2048;
/** For the tables of the firmware at the end of the memory; SeaBIOS takes 256 KiB at the most. */
const FIRMWARE_MIB = 1;

/** Where the initramfs and the archives behind it lie, and how much memory is there for them beside the guest's own. */
interface InitramfsPlace {
  /** In MiB. */
  readonly address: number;
  /** In MiB. */
  readonly size: number;
  /** Bytes of all archives. */
  readonly length: number;
  /** Each archive with its distance from the address, in bytes. */
  readonly parts: readonly { readonly path: string; readonly offset: number }[];
}

/**
 * QEMU's own place for an initramfs (-initrd) is the very end of the memory, where the firmware of QEMU 10.0's microvm keeps the
 * ACPI tables: one overwrites the other, and the kernel finds no PCI. So the machine gets some memory more, the archive is put there,
 * and the kernel is told to find it there (`initrdmem=`, Linux 5.8) and to leave that memory alone (`memmap=`): it copies the archive
 * to memory of its own. Without `memmap=` it would use the memory before it has unpacked the archive ("Bad page state", 6.12.118).
 * init checks that the machine has its PCI devices (images/guest/init.c).
 */
function initramfsPlace({ memoryMiB, initramfs, archives = [] }: MachineSpec): InitramfsPlace {
  const parts: { path: string; offset: number }[] = [];
  let length = 0;
  for (const { path, size } of [initramfs, ...archives]) {
    // A header begins at a multiple of four; the kernel skips zeros between archives (init/initramfs.c).
    length = Math.ceil(length / 4) * 4;
    parts.push({ path, offset: length });
    length += size;
  }
  const size = Math.ceil(length / MIB) + FIRMWARE_MIB;
  return { address: Math.min(memoryMiB, LOW_MEMORY_MIB), size, length, parts };
}

/** The guest's memory and that of the archives. */
export function totalMemoryMiB(spec: MachineSpec): number {
  return spec.memoryMiB + initramfsPlace(spec).size;
}

/** The kernel's command line, which says where the archives lie. */
export function commandLine(spec: MachineSpec): string {
  const { address, size, length } = initramfsPlace(spec);
  return `${spec.commandLine} initrdmem=${address * MIB},${length} memmap=${size}M$${address}M`;
}

/** Puts the archives into the memory. A clone's memory has what became of them. */
export function initramfsArguments(spec: MachineSpec, { kind }: Start): string[] {
  if (kind === 'clone') return [];
  const { address, parts } = initramfsPlace(spec);
  return parts.flatMap(({ path, offset }) => [
    '-device',
    `loader,file=${escapeComma(path)},addr=${address * MIB + offset},force-raw=on`,
  ]);
}

/**
 * A restored guest must find the CPU that it was frozen on: `migratable=on` leaves out what cannot be restored
 * (invariant TSC among others). Under TCG there is no cmpxchg16b where the kernel can do without it: until version 8.0 QEMU's helper for it read flags that the
 * translated code had not stored yet, and put any bits into EFLAGS. Seen on 6.12.100, in 4 of 74 cases: a double fault
 * in kmem_cache_alloc_node right after the instruction, with the low half of RAX in EFLAGS.
 */
function acceleratorArguments({ accelerator, needsCmpxchg16b = false }: MachineSpec): string[] {
  return accelerator === 'kvm'
    ? ['-accel', 'kvm', '-cpu', 'host,migratable=on']
    : ['-accel', 'tcg,thread=multi', '-cpu', needsCmpxchg16b ? 'max' : 'max,-cx16'];
}

function memoryObject(spec: MachineSpec, start: Start): string {
  const size = `size=${totalMemoryMiB(spec)}M`;
  if (start.kind === 'boot') return `memory-backend-ram,id=ram,${size}`;
  const share = start.kind === 'template' ? 'on' : 'off';
  return `memory-backend-file,id=ram,${size},mem-path=${escapeComma(start.memory)},share=${share}`;
}
