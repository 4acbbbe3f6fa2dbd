import { join } from 'node:path';

export type Accelerator = 'kvm' | 'tcg';

/** What a machine is made of; everything here goes into the template's key. */
export interface MachineSpec {
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly vmlinux: string;
  readonly initramfs: string;
  readonly commandLine: string;
  /** Whether the kernel cannot do without the instruction: kmalloc_nolock (6.18), which BPF arenas allocate with, fails without it. */
  readonly needsCmpxchg16b?: boolean;
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
    '-m', `${spec.memoryMiB}M`,
    '-object', memoryObject(spec, start),
    '-kernel', spec.vmlinux,
    '-initrd', spec.initramfs,
    '-append', spec.commandLine,
    '-chardev', `file,id=console,path=${escapeComma(join(folder, 'console.log'))}`,
    '-serial', 'chardev:console',
    '-chardev', socket('qmp'),
    '-mon', 'chardev=qmp,mode=control',
    '-device', 'virtio-serial-pci,id=serial,max_ports=4',
    '-chardev', socket('control'),
    '-device', `virtserialport,bus=serial.0,nr=1,chardev=control,name=${CONTROL_PORT}`,
    '-chardev', start.kind === 'template' ? `${socket('ssh')},server=on,wait=off` : socket('ssh'),
    '-device', `virtserialport,bus=serial.0,nr=2,chardev=ssh,name=${SSH_PORT}`,
    ...(start.kind === 'clone' ? ['-incoming', 'defer'] : []),
  ]; // biome-ignore format: an option and its value stand on one line
}

/** A comma ends a value in QEMU's key=value syntax; a doubled one is a comma. */
function escapeComma(path: string): string {
  return path.replaceAll(',', ',,');
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
  const size = `size=${spec.memoryMiB}M`;
  if (start.kind === 'boot') return `memory-backend-ram,id=ram,${size}`;
  const share = start.kind === 'template' ? 'on' : 'off';
  return `memory-backend-file,id=ram,${size},mem-path=${escapeComma(start.memory)},share=${share}`;
}
