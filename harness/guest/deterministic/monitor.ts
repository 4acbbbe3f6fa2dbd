import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { DebugTarget } from '../debug/target.ts';
import { escapeComma } from '../qemu/escape-comma.ts';
import { Qmp } from '../qemu/qmp.ts';

/** Somebody who looks into a machine with a schedule. */
export interface ScheduledDebugger {
  /** Lets a machine begin that is stopped before its first instruction. @returns aborted when the machine is to be ended */
  begin(target: DebugTarget): Promise<AbortSignal>;
  /** The guest has ended, and its memory is still there. */
  end(): Promise<void>;
}

/**
 * A monitor for a machine with a schedule. Up to the first stop, the run is the same as without one (measured with 7.2: consoles and
 * answers are identical). At a stop QEMU lets the clock of the guest jump to its next timer, so what follows is another run.
 */
export class Monitor implements AsyncDisposable {
  /** For QEMU. */
  readonly arguments: readonly string[];
  readonly #server: Server;
  readonly #folder: string;
  #socket: Socket | undefined;

  private constructor(server: Server, folder: string, path: string) {
    this.#server = server;
    this.#folder = folder;
    this.arguments = ['-S', '-chardev', `socket,id=qmp,path=${escapeComma(path)}`, '-mon', 'chardev=qmp,mode=control'];
  }

  static async listen(folder: string): Promise<Monitor> {
    const path = join(folder, 'qmp');
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    return new Monitor(server, folder, path);
  }

  /**
   * Has the machine looked into until it ends.
   * @returns true when the guest ended by itself; QEMU exits then. False when the debugger has seen enough
   */
  async serve(debug: ScheduledDebugger, pause: DebugTarget['qemu']['pause']): Promise<boolean> {
    const [socket]: Socket[] = await once(this.#server, 'connection');
    if (socket === undefined) return false;
    this.#socket = socket;
    socket.on('error', () => undefined); // the end of QEMU is noticed by its exit
    const qmp = await Qmp.open(socket);
    const shutdown = once(qmp, 'SHUTDOWN').then(() => 'shutdown' as const);
    const stayAfterEnd = async () => void (await qmp.execute('set-action', { shutdown: 'pause' }));
    const over = await debug.begin({ qemu: { qmp, folder: this.#folder, pause, stayAfterEnd }, isNew: true });
    const aborted = new Promise<'over'>((resolve) => {
      if (over.aborted) resolve('over');
      over.addEventListener('abort', () => resolve('over'), { once: true });
    });
    const how = await Promise.race([shutdown, aborted, qmp.closed]);
    if (how === undefined) return true;
    await debug.end();
    if (how === 'shutdown') await qmp.execute('quit').catch(() => undefined); // it may be gone before it answers
    return how === 'shutdown';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    this.#server.close();
  }
}
