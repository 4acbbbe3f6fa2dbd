import { KconformError } from '../../errors/error.ts';
import type { FileSystem, Network } from '../../machine/machine.ts';

/** An empty disk, a disk with a fresh file system (on the whole disk, without partitions), or a copy of an image (raw or qcow2). */
export type DiskRequest =
  | { readonly sizeMiB: number; readonly fileSystem?: FileSystem | undefined }
  | { readonly image: string };

/** 1 TiB. mkfs.ext4 takes 1.6 % of the size on the host while it makes the file system. */
const MOST_SIZE_MIB = 2 ** 20;
/** Up to /dev/vdz. */
const MOST_DISKS = 26;
/** Of the 32 slots of the PCI bus, the host bridge and the virtio-serial device have one each. */
const PCI_SLOTS = 30;

/** Refuses what no machine can have. @throws KC_DEVICES (case) */
export function checkDevices(disks: readonly DiskRequest[], networks: readonly Network[]): void {
  if (disks.length > MOST_DISKS) {
    throw devicesError(`${disks.length} disks are too many`, `a machine has at most ${MOST_DISKS} disks`);
  }
  const interfaces = networks.reduce((sum, network) => sum + (network === 'pair' ? 2 : 1), 0);
  if (disks.length + interfaces > PCI_SLOTS) {
    throw devicesError(
      `${disks.length} disks and ${interfaces} network interfaces are too many`,
      `a machine has at most ${PCI_SLOTS} disks and network interfaces together`,
    );
  }
  for (const [index, disk] of disks.entries()) {
    if ('image' in disk) continue;
    if (!Number.isSafeInteger(disk.sizeMiB) || disk.sizeMiB < 1 || disk.sizeMiB > MOST_SIZE_MIB) {
      throw devicesError(
        `disk ${index}: ${disk.sizeMiB} MiB is not a possible size`,
        `give its size in MiB: an integer from 1 to ${MOST_SIZE_MIB}`,
      );
    }
  }
}

export function devicesError(message: string, hint: string, output?: string): KconformError {
  const evidence = output === undefined ? {} : { output };
  return new KconformError(message, { code: 'KC_DEVICES', blame: 'case', hint, evidence });
}

/** What the kernel needs as modules, where it does not have it built in, to use these devices. */
export function deviceModules(disks: readonly DiskRequest[], networks: readonly Network[]): string[] {
  const fileSystems = disks.flatMap((disk) => ('image' in disk ? [] : [disk.fileSystem ?? []].flat()));
  return [
    ...(disks.length > 0 ? ['virtio_blk'] : []),
    ...(networks.length > 0 ? ['virtio_net'] : []),
    ...[...new Set(fileSystems)].flatMap((name) => FILE_SYSTEM_MODULES[name]),
  ];
}

/** vfat looks for its two character sets when it is mounted (CONFIG_FAT_DEFAULT_CODEPAGE, CONFIG_FAT_DEFAULT_IOCHARSET). */
const FILE_SYSTEM_MODULES: Readonly<Record<FileSystem, readonly string[]>> = {
  ext4: ['ext4'],
  xfs: ['xfs'],
  btrfs: ['btrfs'],
  vfat: ['vfat', 'nls_cp437', 'nls_ascii', 'nls_iso8859_1'],
};
