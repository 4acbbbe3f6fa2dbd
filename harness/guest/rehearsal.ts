import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from './control.ts';
import type { Qemu } from './qemu.ts';
import { openSsh } from './ssh.ts';
import { awaitGuest, type Wait } from './waiting.ts';

/** Where the guest's relay counts the SSH servers that have greeted (images/guest/relay.c). */
const SERVERS = '/run/ssh-servers';
const LOOK_EVERY_MS = 10;

/** A client whom the SSH server has greeted, and who says nothing. */
export interface Waiting extends Disposable {
  /** What the server said. */
  readonly greeting: Buffer;
}

/**
 * Does in a guest that is to be frozen what each of its clones begins with, so that they find paths and pages in the kernel's
 * caches: the adoption, a login, a command and the agent. Leaves a new SSH server with a new client connected.
 */
export async function rehearse(qemu: Qemu, control: Control, hostKey: string, wait: Wait): Promise<Waiting> {
  const perform = async () => {
    await control.adopt();
    await login(qemu, hostKey);
    while ((await control.readFile(SERVERS)).text !== '2') await sleep(LOOK_EVERY_MS);
    return greeted(await port(qemu));
  };
  return awaitGuest(qemu, perform(), { ...wait, awaited: 'rehearsal of a login' });
}

async function login(qemu: Qemu, hostKey: string): Promise<void> {
  const socket = await port(qemu);
  try {
    using link = await openSsh(socket, hostKey);
    await link.exec('true');
    await link.exec('exec /bin/agent');
  } finally {
    socket.destroy();
  }
}

async function greeted(socket: Socket): Promise<Waiting> {
  let greeting = Buffer.alloc(0);
  while (!isWhole(greeting)) {
    const [more]: Buffer[] = await once(socket, 'data');
    greeting = Buffer.concat([greeting, more ?? Buffer.alloc(0)]);
  }
  return { greeting, [Symbol.dispose]: () => socket.destroy() };
}

/** The server's version line and its first packet, SSH_MSG_KEXINIT, which begins with the length of what follows (RFC 4253, 6). */
function isWhole(greeting: Buffer): boolean {
  const start = greeting.indexOf('\n') + 1;
  return start > 0 && greeting.length >= start + 4 && greeting.length >= start + 4 + greeting.readUInt32BE(start);
}

async function port(qemu: Qemu): Promise<Socket> {
  const socket = connect(join(qemu.folder, 'ssh'));
  await once(socket, 'connect');
  return socket;
}
