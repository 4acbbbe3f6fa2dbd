import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asKconformError, KconformError } from '../errors.ts';
import { type Exit, startChild } from './child.ts';
import { Console, panicLine } from './console.ts';
import { INHERITED_FD, type MachineSpec, machineArguments, type Start } from './machine.ts';
import { Qmp } from './qmp.ts';
import { newRunFolder } from './run-folder.ts';

export const QEMU = 'qemu-system-x86_64';

/** Memory in a file is not part of the device state; it stays where it is. */
const IGNORE_SHARED = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };

const EXIT_MS = 300;

/** How a guest ended, when it ended by itself. */
export interface Ending {
  /** `panic` and `reboot` are the kernel's doing; `killed` and `failed` are the host's. */
  readonly kind: 'panic' | 'reboot' | 'internal-error' | 'killed' | 'failed';
  readonly reason: string;
}

/** A QEMU process with its control connections. Disposing it kills the process and removes its run folder. */
export class Qemu implements AsyncDisposable {
  readonly folder: string;
  readonly console: Console;
  /** Connected to init's control port. */
  readonly control: Socket;
  /** Connected to the SSH relay; undefined for a template, whose SSH server still waits. */
  readonly ssh: Socket | undefined;
  readonly qmp: Qmp;
  /** Resolves when the guest ends by itself; never rejects, and never resolves after `[Symbol.asyncDispose]`. */
  readonly ended: Promise<Ending>;
  readonly pid: number;
  readonly #kill: () => Promise<void>;

  private constructor(
    parts: Pick<Qemu, 'folder' | 'console' | 'control' | 'ssh' | 'qmp' | 'ended' | 'pid'> & {
      kill: () => Promise<void>;
    },
  ) {
    this.folder = parts.folder;
    this.console = parts.console;
    this.control = parts.control;
    this.ssh = parts.ssh;
    this.qmp = parts.qmp;
    this.ended = parts.ended;
    this.pid = parts.pid;
    this.#kill = parts.kill;
  }

  /**
   * Spawns QEMU and waits until it has connected to our sockets (not until the guest is up).
   * @throws KC_QEMU_MISSING, KC_QEMU_START (host) with what QEMU printed
   */
  static async start(spec: MachineSpec, start: Start): Promise<Qemu> {
    const folder = newRunFolder();
    const names = start.kind === 'template' ? ['qmp', 'control'] : ['qmp', 'control', 'ssh'];
    const servers = await Promise.all(names.map((name) => listen(join(folder, name))));
    const args = machineArguments(spec, start, folder);
    const child = startChild(QEMU, args, start.kind === 'clone' ? [start.stateFd] : []);
    let disposed = false;
    const exited = child.exited.finally(() => {
      for (const server of servers) server.close();
    });
    const failedStart = exited.then((exit): never => {
      throw startError(exit);
    });
    failedStart.catch(() => undefined); // awaited in the races below; later it only means that the guest has ended
    const kill = async () => {
      disposed = true;
      guestConsole.unwatch();
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    };
    const guestConsole = new Console(join(folder, 'console.log'));
    try {
      const sockets = await Promise.race([Promise.all(servers.map(accept)), failedStart]);
      for (const socket of sockets) socket.on('error', () => undefined); // a dead QEMU is told by `ended`
      const [qmpSocket, control, ssh] = sockets;
      if (qmpSocket === undefined || control === undefined || child.pid === undefined) throw startError(await exited);
      const qmp = await Promise.race([Qmp.open(qmpSocket), failedStart]);
      if (start.kind !== 'boot') await qmp.execute('migrate-set-capabilities', IGNORE_SHARED);
      if (start.kind === 'clone') await qmp.execute('migrate-incoming', { uri: `fd:${INHERITED_FD}` });
      const ended = new Promise<Ending>((resolve) => {
        const end = (ending: Ending) => {
          if (!disposed) resolve(ending);
        };
        guestConsole.watch((text) => {
          const line = panicLine(text);
          if (line !== undefined) end({ kind: 'panic', reason: line });
        });
        qmp.on('STOP', () => {
          qmp.execute('query-status').then(
            (status) => {
              if (JSON.stringify(status).includes('internal-error')) {
                end({ kind: 'internal-error', reason: 'the accelerator could not run the guest (KVM internal error)' });
              }
            },
            () => undefined,
          ); // QEMU is gone: `exited` tells
        });
        exited.then((exit) => end(endingOf(exit, guestConsole.text())));
      });
      return new Qemu({ folder, console: guestConsole, control, ssh, qmp, ended, pid: child.pid, kill });
    } catch (error) {
      // A QEMU that gives up closes its sockets some milliseconds before it says why.
      const exit = await Promise.race([exited, sleep(EXIT_MS)]);
      await kill();
      if (exit !== undefined) throw startError(exit);
      throw asKconformError(error, 'host', 'KC_QEMU_START');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.qmp.close();
    this.control.destroy();
    this.ssh?.destroy();
    await this.#kill();
  }
}

function endingOf(exit: Exit, consoleText: string): Ending {
  const line = panicLine(consoleText);
  if (line !== undefined) return { kind: 'panic', reason: line };
  if (exit.signal !== null) return { kind: 'killed', reason: `QEMU was killed by ${exit.signal}` };
  if (exit.code === 0) return { kind: 'reboot', reason: 'the guest rebooted or switched itself off' };
  return { kind: 'failed', reason: `QEMU failed (exit code ${exit.code}): ${exit.output.trim()}` };
}

function startError(exit: Exit): KconformError {
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
