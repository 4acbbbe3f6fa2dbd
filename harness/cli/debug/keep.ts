import { setImmediate } from 'node:timers/promises';
import { openGdbServer } from '../../guest/debug/gdb-server.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { SshAccess } from '../../guest/ssh/access.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { progressToStderr } from '../options.ts';
import { keyPress } from './key.ts';
import { attachCommand, debugImage } from './symbols.ts';

/** Leaves a guest as it is until a key, the end of stdin, or its own end. One that has panicked can be looked into with gdb alone. */
export async function keepUp(machine: GuestMachine, kernel: Kernel): Promise<void> {
  const { qemu } = machine;
  using key = keyPress();
  if (await hasEnded(machine)) {
    const socket = await openGdbServer(qemu);
    progressToStderr(
      `the guest has ended and stays until a key is pressed; ${attachCommand(socket, debugImage(kernel))}`,
    );
    await Promise.race([key.pressed, qemu.qmp.closed]);
    return;
  }
  await using access = await SshAccess.open(machine);
  progressToStderr(`the guest stays up until a key is pressed; reach it with: ${access.command}`);
  await Promise.race([key.pressed, qemu.ended]);
}

async function hasEnded({ qemu }: GuestMachine): Promise<boolean> {
  return Promise.race([qemu.ended.then(() => true), setImmediate(false)]);
}
