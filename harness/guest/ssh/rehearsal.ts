import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KconformError } from '../../errors/error.ts';
import { awaitGuest, type Wait } from '../limits/waiting.ts';
import type { Control } from '../qemu/control.ts';
import type { Qemu } from '../qemu/qemu.ts';
import { openSession } from './login.ts';
import { type RecordedPrelogin, recordPrelogin } from './prelogin/prelogin.ts';

/** Where the guest's relay counts the SSH servers that have greeted (images/guest/relay.c). */
const SERVERS = '/run/ssh-servers';
const LOOK_EVERY_MS = 10;

/** What is awaited, in the evidence of a guest that did not come to the end of it. */
export const REHEARSAL = 'rehearsal of a login';

/** How clones get their SSH session: the recorded login, or a login of their own. */
export type LoginKind = 'recorded' | 'own';

/** A guest that is ready to be frozen, for as long as its connections are held. */
export interface Rehearsed extends RecordedPrelogin, Disposable {}

/**
 * Does in a guest that is to be frozen what each of its clones begins with, so that they find paths and pages in the kernel's
 * caches: the adoption, a login and a command. Leaves a new SSH server there: one with a client logged in and the agent started, or,
 * where the login is not to be recorded or cannot be replayed, one that waits for its client.
 */
export async function rehearse(
  qemu: Qemu,
  control: Control,
  hostKey: string,
  kind: LoginKind,
  wait: Wait,
): Promise<Rehearsed> {
  let step = 'adoption';
  const perform = async (): Promise<Rehearsed> => {
    await control.adopt();
    step = 'first login';
    await use(qemu, hostKey);
    step = 'second SSH server';
    await serverCount(control, 2);
    if (kind === 'own') return NOTHING_RECORDED;
    step = 'connection to the second SSH server';
    const socket = await port(qemu);
    step = 'recorded login';
    const recorded = await recordPrelogin(socket, hostKey);
    if (recorded.prelogin !== undefined) return { ...recorded, [Symbol.dispose]: () => socket.destroy() };
    socket.destroy();
    step = 'third SSH server';
    await serverCount(control, 3);
    return NOTHING_RECORDED;
  };
  try {
    return await awaitGuest(qemu, perform(), { ...wait, awaited: REHEARSAL });
  } catch (error) {
    throw error instanceof KconformError && error.code === 'KC_GUEST_HANG' ? withStep(error, step) : error;
  }
}

function withStep(error: KconformError, step: string): KconformError {
  const { message, code, blame, evidence } = error;
  return new KconformError(`${message}: no ${step}`, { code, blame, evidence, cause: error });
}

const NOTHING_RECORDED: Rehearsed = {
  prelogin: undefined,
  saidMore: () => false,
  [Symbol.dispose]: () => undefined,
};

async function serverCount(control: Control, count: number): Promise<void> {
  while ((await control.readFile(SERVERS)).text !== String(count)) await sleep(LOOK_EVERY_MS);
}

async function use(qemu: Qemu, hostKey: string): Promise<void> {
  const socket = await port(qemu);
  try {
    using session = await openSession(socket, hostKey);
    await session.agent.exec('true');
  } finally {
    socket.destroy();
  }
}

async function port(qemu: Qemu): Promise<Socket> {
  const socket = connect(join(qemu.folder, 'ssh'));
  await once(socket, 'connect');
  return socket;
}
