import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from './control.ts';
import { openSsh, type RecordedLogin, recordLogin } from './login.ts';
import type { Qemu } from './qemu.ts';
import { awaitGuest, type Wait } from './waiting.ts';

/** Where the guest's relay counts the SSH servers that have greeted (images/guest/relay.c). */
const SERVERS = '/run/ssh-servers';
const LOOK_EVERY_MS = 10;

/** A client that has logged in, and says nothing more. */
export interface Waiting extends RecordedLogin, Disposable {}

/**
 * Does in a guest that is to be frozen what each of its clones begins with, so that they find paths and pages in the kernel's
 * caches: the adoption, a login and a command. Leaves a new SSH server with a new client logged in, and what that has started ahead.
 */
export async function rehearse(qemu: Qemu, control: Control, hostKey: string, wait: Wait): Promise<Waiting> {
  const perform = async () => {
    await control.adopt();
    await use(qemu, hostKey);
    while ((await control.readFile(SERVERS)).text !== '2') await sleep(LOOK_EVERY_MS);
    const socket = await port(qemu);
    return { ...(await recordLogin(socket, hostKey)), [Symbol.dispose]: () => socket.destroy() };
  };
  return awaitGuest(qemu, perform(), { ...wait, awaited: 'rehearsal of a login' });
}

async function use(qemu: Qemu, hostKey: string): Promise<void> {
  const socket = await port(qemu);
  try {
    using link = await openSsh(socket, hostKey);
    await link.exec('true');
  } finally {
    socket.destroy();
  }
}

async function port(qemu: Qemu): Promise<Socket> {
  const socket = connect(join(qemu.folder, 'ssh'));
  await once(socket, 'connect');
  return socket;
}
