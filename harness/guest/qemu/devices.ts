import type { Network } from '../../machine/machine.ts';
import { escapeComma } from './escape-comma.ts';

/** A disk whose file is only read: what a guest writes goes into a temporary file of its own, which ends with its QEMU. */
export interface GuestDisk {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
  /** Names the content: two files with the same identity have the same bytes. It stands for the path in the template's key. */
  readonly identity: string;
}

/**
 * QEMU makes the temporary file itself (snapshot=on: a qcow2 overlay in $TMPDIR or /var/tmp, removed as soon as it is open). It
 * has the cache mode `unsafe`, so that a flush in the guest costs nothing on the host.
 * An error of the host's file stops the guest: the kernel must not see a fault that is not its own (see Qemu).
 */
export function diskArguments(disks: readonly GuestDisk[]): string[] {
  return disks.flatMap(({ path, format }, index) => {
    const id = `disk${index}`;
    return [
      '-drive', `if=none,id=${id},file=${escapeComma(path)},format=${format},snapshot=on,discard=unmap`,
      '-device', `virtio-blk-pci,drive=${id},serial=${id},werror=stop,rerror=stop`,
    ]; // biome-ignore format: an option and its value stand on one line
  });
}

/**
 * `pair` is joined inside QEMU. `user` is QEMU's own network (10.0.2.0/24, with DHCP), from which neither the host nor anything beyond it
 * is reached. The interfaces have the MAC addresses 52:54:00:00:00:00, …:01 and so on, in their order.
 */
export function networkArguments(networks: readonly Network[]): string[] {
  const backends = networks.flatMap((network, index) =>
    network === 'user' ? ['user,restrict=on'] : [`hubport,hubid=${index}`, `hubport,hubid=${index}`],
  );
  return backends.flatMap((backend, index) => {
    const id = `net${index}`;
    const [type, ...options] = backend.split(',');
    const mac = `52:54:00:00:00:${index.toString(16).padStart(2, '0')}`;
    return [
      '-netdev', [type, `id=${id}`, ...options].join(','),
      // Without a ROM to boot from, whose file is in a package of its own.
      '-device', `virtio-net-pci,netdev=${id},mac=${mac},romfile=`,
    ]; // biome-ignore format: an option and its value stand on one line
  });
}
