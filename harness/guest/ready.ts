import { KconformError } from '../errors.ts';
import type { Control } from './control.ts';
import type { Limits } from './limits.ts';
import type { Qemu } from './qemu.ts';
import { awaitGuest } from './waiting.ts';

/** What init says when the kernel lacks the drivers of its ports, or takes none of the modules that bring them. */
const NO_DRIVERS = /kconform init: (no port \S+|\/modules\/\d+): error -?\d+/;

/**
 * The SSH host key of a booting guest, once its server waits for the first client.
 * @throws KC_KERNEL_UNFIT (host) when the kernel has no driver for the guest's ports: init ends then, and the panic that
 *   follows is no fault of the kernel; and as awaitGuest
 */
export async function awaitReady(
  qemu: Qemu,
  control: Control,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<string> {
  const wait = { awaited: 'ready message of a booting guest', limitMs: limits.bootMs, signal };
  try {
    return await awaitGuest(qemu, control.ready(), wait);
  } catch (error) {
    const said = NO_DRIVERS.exec(qemu.console.text())?.[0];
    if (said === undefined || !(error instanceof KconformError) || error.code !== 'KC_GUEST_PANIC') throw error;
    throw new KconformError(`the kernel has no driver for the ports of kconform's guests (${said})`, {
      code: 'KC_KERNEL_UNFIT',
      blame: 'host',
      hint: 'build it with CONFIG_VIRTIO_PCI=y CONFIG_VIRTIO_CONSOLE=y',
      evidence: error.evidence,
    });
  }
}
