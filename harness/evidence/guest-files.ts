import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GROUP, PASSWD } from '../guest/initramfs/users.ts';
import { commandLineFor } from '../guest/qemu/command-line.ts';
import { networkArguments } from '../guest/qemu/devices.ts';
import { compareVersions, upstreamVersion } from '../kernels/version.ts';
import { isImage, type Machine, memoryMiB } from '../machine/machine.ts';
import type { CaseResult } from '../run/events.ts';
import { quote } from '../scenario/api/guest.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { KernelFacts } from './kernel-facts.ts';
import type { EvidenceReproducer } from './reproducer.ts';

/** More than kconform's 256 MiB: the initramfs is unpacked and copied there. */
const MEMORY_MIB = 512;
/** From here on kernels need cmpxchg16b; QEMU before 8.0 emulates it wrongly. */
const NEEDS_CMPXCHG16B = '6.18';
const OWN = new URL('files/', import.meta.url);

/** What the scripts of the evidence are made of. */
export interface GuestSetting {
  readonly result: CaseResult;
  readonly accelerator: string;
  readonly kernel: KernelFacts;
  readonly reproducer: EvidenceReproducer;
}

/** The scripts that get the kernel, build the initramfs and boot it, with what they read. */
export async function guestFiles(setting: GuestSetting): Promise<EvidenceFile[]> {
  const own = async (name: string, path: string): Promise<EvidenceFile> => ({
    path,
    bytes: await readFile(fileURLToPath(new URL(name, OWN))),
    executable: true,
  });
  const { kernel, reproducer } = setting;
  return [
    ...(await Promise.all(['get-kernel.sh', 'build.sh', 'run.sh'].map((name) => own(name, name)))),
    ...(await Promise.all(['init', 'observe'].map((name) => own(name, `guest/${name}`)))),
    { path: 'settings.sh', bytes: settingsOf(setting) },
    { path: 'guest/command', bytes: `#!/bin/sh\n${reproducer.command}\n`, executable: true },
    { path: 'guest/passwd', bytes: PASSWD },
    { path: 'guest/group', bytes: GROUP },
    ...moduleFiles(kernel),
  ];
}

function moduleFiles({ modules }: KernelFacts): EvidenceFile[] {
  const names = modules.map(({ name }, index) => `${String(index).padStart(2, '0')}-${name}.ko`);
  return [
    {
      path: 'guest/modules/list',
      bytes: modules.map(({ parameters }, index) => `${names[index]} ${parameters}`.trimEnd().concat('\n')).join(''),
    },
    ...modules.map(({ bytes }, index) => ({ path: `guest/modules/${names[index]}`, bytes })),
  ];
}

function settingsOf(setting: GuestSetting): string {
  const { result, kernel, reproducer } = setting;
  const lines = [
    '# What the scripts read: the kernel, the machine and the reproducer.',
    `kernel_package=${quote(kernel.package?.name ?? '')}`,
    `kernel_source=${quote(kernel.package?.source ?? '')}`,
    `kernel_version=${quote(kernel.package?.version ?? '')}`,
    `kernel_release=${quote(result.kernel.version)}`,
    `deb_sha256=${quote(kernel.deb?.sha256 ?? '')}`,
    `packages=${quote((result.packages?.packages ?? []).join(' '))}`,
    `host_programs=${quote(reproducer.hostPrograms.join(' '))}`,
    reproducer.compile,
    'make_disks() {',
    ...diskLines(result.machine ?? {}),
    '}',
    'run_qemu() {',
    ...qemuCommand(setting)
      .split('\n')
      .map((line) => `\t${line}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function diskLines({ disks = [] }: Machine): string[] {
  const made = disks.map((disk, index) => {
    const file = `disk${index}.img`;
    const [size = '', fileSystem] = disk.split(' ');
    if (isImage(disk)) return `\t[ -e ${file} ] || { echo "run.sh: copy ${file} here: see README.txt" >&2; exit 1; }`;
    const format =
      fileSystem === undefined ? '' : ` && mkfs.${fileSystem} ${fileSystem === 'ext4' ? '-q ' : ''}${file}`;
    return `\t[ -e ${file} ] || { truncate -s ${size} ${file}${format}; }`;
  });
  return made.length === 0 ? ['\t:'] : made;
}

/** A command that can be pasted in the folder of the evidence, an option on each line. */
export function qemuCommand({ result, accelerator, kernel }: GuestSetting): string {
  const machine = result.machine ?? {};
  // A machine goes on after an oops, often without the task that was to end it.
  const parameters = ['oops=panic', ...kernel.kernelParameters, ...(machine.kernelParameters ?? [])];
  const needsCx16 = compareVersions(upstreamVersion(result.kernel), NEEDS_CMPXCHG16B) >= 0;
  const cpu = accelerator === 'kvm' ? 'host' : needsCx16 ? 'max' : 'max,-cx16';
  const words = [
    ['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot'],
    ['-machine', 'pc'],
    ['-accel', accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi', '-cpu', cpu],
    ['-smp', String(machine.cpus ?? 1), '-m', `${Math.max(MEMORY_MIB, memoryMiB(machine.memory ?? '0M'))}M`],
    // Not the terminal or a pipe: QEMU drops bytes of the guest where the reader is slow.
    ['-display', 'none', '-serial', 'file:serial.log'],
    ['-kernel', 'kernel-image', '-initrd', 'initramfs.cpio.gz'],
    // Without the time stamp counter's rate, which is that of one host.
    ['-append', commandLineFor('kvm', parameters)],
    ...(machine.disks ?? []).map((disk, index) => driveOf(disk, index)),
    ...(machine.net === undefined ? [] : [networkArguments(machine.net)]),
  ];
  return words.map((line) => quote(line)).join(' \\\n  ');
}

function driveOf(disk: string, index: number): string[] {
  const format = isImage(disk) && disk.endsWith('.qcow2') ? 'qcow2' : 'raw';
  return ['-drive', `file=disk${index}.img,format=${format},if=virtio,snapshot=on`];
}
