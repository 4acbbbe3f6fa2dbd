import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asKconformError, KconformError } from '../../errors/error.ts';
import { type BlockError, diskEnding, type Ending, endingOf } from '../ending.ts';
import { LastMessages } from '../last-messages.ts';
import { type Expiry, startLimit } from '../limits/limit.ts';
import { ProcessPause } from '../limits/process-pause.ts';
import { type Exit, startChild } from './child.ts';
import { Console } from './console.ts';
import { Control } from './control.ts';
import { INHERITED_FD, type MachineSpec, machineArguments, type Start } from './machine.ts';
import { Qmp } from './qmp.ts';
import { newRunFolder } from './run-folder.ts';

export const QEMU = 'qemu-system-x86_64';

/** Memory in a file is not part of the device state; it stays where it is. */
const IGNORE_SHARED = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };

const EXIT_MS = 300;
/** From its start to its connection QEMU takes a tenth of a second; the limit is for a loaded host. */
const START_MS = 30_000;

/** A QEMU process with its control connections. Disposing it kills the process and removes its run folder. */
export class Qemu implements AsyncDisposable {
  readonly folder: string;
  readonly console: Console;
  /** Connected to init's control port. */
  readonly control: Control;
  /** Connected to the SSH relay; undefined for a template, whose SSH server still waits. */
  readonly ssh: Socket | undefined;
  readonly qmp: Qmp;
  /** Resolves when the guest ends by itself; never rejects, and never resolves after `[Symbol.asyncDispose]`. */
  readonly ended: Promise<Ending>;
  readonly pid: number;
  /** How long QEMU was stopped. */
  readonly pause: ProcessPause;
  /** Resolves when nothing on the console is left of which it is not known whether the guest ends with it. */
  readonly lastMessageJudged: () => Promise<void>;
  readonly #kill: () => Promise<void>;
  readonly #endNow: () => void;

  private constructor(
    parts: Pick<
      Qemu,
      'folder' | 'console' | 'control' | 'ssh' | 'qmp' | 'ended' | 'pid' | 'pause' | 'lastMessageJudged'
    > & {
      kill: () => Promise<void>;
      endNow: () => void;
    },
  ) {
    this.folder = parts.folder;
    this.console = parts.console;
    this.control = parts.control;
    this.ssh = parts.ssh;
    this.qmp = parts.qmp;
    this.ended = parts.ended;
    this.pid = parts.pid;
    this.pause = parts.pause;
    this.lastMessageJudged = parts.lastMessageJudged;
    this.#kill = parts.kill;
    this.#endNow = parts.endNow;
  }

  /**
   * Spawns QEMU and waits until it has connected to our sockets (not until the guest is up).
   * @param signal ends the wait, and QEMU
   * @throws KC_QEMU_MISSING, KC_QEMU_START (host) with what QEMU printed; KC_INTERRUPTED
   */
  static async start(spec: MachineSpec, start: Start, signal?: AbortSignal): Promise<Qemu> {
    const folder = newRunFolder();
    const names = start.kind === 'template' ? ['qmp', 'control'] : ['qmp', 'control', 'ssh'];
    const servers = await Promise.all(names.map((name) => listen(join(folder, name))));
    const args = machineArguments(spec, start, folder);
    const child = startChild(QEMU, args, start.kind === 'clone' ? [start.stateFd] : []);
    const pause = new ProcessPause(child.pid ?? 0);
    const guestConsole = new Console(join(folder, 'console.log'));
    let disposed = false;
    const exited = child.exited.finally(() => {
      pause.stop();
      for (const server of servers) server.close();
    });
    const kill = async () => {
      disposed = true;
      guestConsole.unwatch();
      pause.stop();
      await child.end();
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    };
    const connect = async () => {
      const sockets = await Promise.all(servers.map(accept));
      for (const socket of sockets) socket.on('error', () => undefined); // a dead QEMU is told by `ended`
      const [qmpSocket, control, ssh] = sockets;
      if (qmpSocket === undefined || control === undefined || child.pid === undefined) throw startError(await exited);
      const qmp = await Qmp.open(qmpSocket);
      if (start.kind !== 'boot') await qmp.execute('migrate-set-capabilities', IGNORE_SHARED);
      if (start.kind === 'clone') await qmp.execute('migrate-incoming', { uri: `fd:${INHERITED_FD}` });
      return { qmp, control: new Control(control), ssh, pid: child.pid };
    };
    let parts: Awaited<ReturnType<typeof connect>>;
    try {
      parts = await withinStart(connect(), { pid: child.pid ?? 0, pause, exited, signal });
    } catch (error) {
      // A QEMU that gives up closes its sockets some milliseconds before it says why.
      const exit = signal?.aborted === true ? undefined : await Promise.race([exited, sleep(EXIT_MS)]);
      await kill();
      if (exit !== undefined) throw startError(exit);
      throw asKconformError(error, 'host', 'KC_QEMU_START');
    }

    const { qmp, control, ssh, pid } = parts;
    let shutdown: string | undefined;
    qmp.on('SHUTDOWN', (data: { readonly reason?: string } | undefined) => {
      shutdown = data?.reason;
    });
    let endNow = () => {};
    const lastMessages = new LastMessages(guestConsole, control, { pid, pause, exited });
    const ended = new Promise<Ending>((resolve) => {
      const end = (ending: Ending) => {
        if (!disposed) resolve(ending);
      };
      lastMessages.watch(() => end(endingOf({ exit: undefined, shutdown, console: lastMessages.credible() })));
      endNow = () => end(endingOf({ exit: undefined, shutdown, console: lastMessages.credible() }));
      qmp.on('BLOCK_IO_ERROR', (data: BlockError | undefined) => end(diskEnding(data)));
      qmp.on('STOP', () => {
        qmp.execute('query-status').then(
          (status) => {
            if (JSON.stringify(status).includes('internal-error')) end(ACCELERATOR_FAILED);
          },
          () => undefined,
        ); // QEMU is gone: `exited` tells
      });
      exited.then(async (exit) => {
        await Promise.race([qmp.closed, sleep(EXIT_MS)]); // its last event may not have been read yet
        end(endingOf({ exit, shutdown, console: lastMessages.credible() }));
      });
    });
    // Only now is everybody there who must see how the guest ends. Where QEMU is gone, `ended` tells why.
    if (start.kind !== 'clone') qmp.execute('cont').catch(() => undefined);
    const lastMessageJudged = () => lastMessages.judged();
    const own = { folder, console: guestConsole, control, ssh, qmp, ended, pid, pause, lastMessageJudged };
    return new Qemu({ ...own, kill, endNow });
  }

  /**
   * From now on QEMU stays, stopped, when its guest ends by itself (a panic, a triple fault): memory and registers can still be read.
   * `ended` resolves as before.
   */
  async stayAfterEnd(): Promise<void> {
    this.qmp.on('SHUTDOWN', () => this.#endNow());
    await this.qmp.execute('set-action', { shutdown: 'pause' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.qmp.close();
    this.control.close();
    this.ssh?.destroy();
    await this.#kill();
  }
}

const ACCELERATOR_FAILED: Ending = {
  kind: 'accelerator',
  reason: 'the accelerator could not run the guest (KVM internal error)',
  code: 'KC_ACCELERATOR',
  blame: 'host',
};

interface Starting {
  readonly pid: number;
  readonly pause: ProcessPause;
  readonly exited: Promise<Exit>;
  readonly signal: AbortSignal | undefined;
}

/** `connected`, unless QEMU exits, does not connect within the limit, or the run is interrupted first. */
async function withinStart<T>(connected: Promise<T>, { pid, pause, exited, signal }: Starting): Promise<T> {
  let stop = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    const stopLimit = startLimit(START_MS, { pid, pause }, (expiry) => reject(notConnected(expiry)));
    const abort = () => reject(interruptedError('QEMU to start'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      stopLimit();
      signal?.removeEventListener('abort', abort);
    };
  });
  const failed = exited.then((exit): never => {
    throw startError(exit);
  });
  for (const promise of [givenUp, failed, connected]) promise.catch(() => undefined); // whichever is later is not awaited
  try {
    return await Promise.race([connected, failed, givenUp]);
  } finally {
    stop();
  }
}

function notConnected({ kind, afterMs }: Expiry): KconformError {
  const why = kind === 'stopped' ? 'it is stopped' : `no connection within ${Math.round(afterMs / 1000)} s`;
  return new KconformError(`QEMU did not start up: ${why}`, {
    code: 'KC_QEMU_START',
    blame: 'host',
    hint: `check which ${QEMU} is first in PATH, whether its disk answers, and whether the host is busy`,
    evidence: { awaited: 'connection of QEMU', afterMs },
  });
}

export function interruptedError(awaited: string): KconformError {
  return new KconformError(`interrupted while waiting for ${awaited}`, { code: 'KC_INTERRUPTED', blame: 'host' });
}

export function startError(exit: Exit): KconformError {
  if (exit.error !== undefined || /^setpriv: failed to execute/.test(exit.output)) {
    const missing = exit.error === undefined ? QEMU : 'setpriv';
    const source = exit.error === undefined ? 'qemu-system-x86' : 'util-linux';
    return new KconformError(`${missing} is not installed`, {
      code: 'KC_QEMU_MISSING',
      blame: 'host',
      hint: `apt-get install ${source}`,
      cause: exit.error,
    });
  }
  const why = exit.output.trim() || (exit.signal === null ? `exit code ${exit.code}` : `killed by ${exit.signal}`);
  return new KconformError(`QEMU did not start: ${why.split('\n')[0]}`, {
    code: 'KC_QEMU_START',
    blame: 'host',
    hint: 'npx kconform doctor',
    evidence: { output: exit.output },
  });
}

async function listen(path: string): Promise<Server> {
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  return server;
}

async function accept(server: Server): Promise<Socket> {
  const [socket]: Socket[] = await once(server, 'connection');
  server.close();
  if (socket === undefined)
    throw new KconformError('a QEMU socket closed at once', { code: 'KC_QEMU_START', blame: 'harness' });
  return socket;
}
