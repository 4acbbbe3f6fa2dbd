import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { KconformError } from '../../errors/error.ts';
import { graceLeftMs, runningTime } from '../limits/running-time.ts';

/** QEMU answers its monitor within milliseconds, also when its guest is busy. Only a QEMU that does not run takes so long. */
const ANSWER_MS = 15_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: KconformError): void;
  readonly command: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * QEMU's control protocol on one socket (docs/interop/qmp-spec.txt): commands one after another, events as they come.
 * Emits every QMP event under its own name (`SHUTDOWN`, `STOP`, `GUEST_PANICKED`) with its data.
 */
export class Qmp extends EventEmitter {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #partial = '';
  #closed = false;
  /** Resolves when the connection is closed: no event comes any more. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', () => this.#end());
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#end();
        resolve();
      });
    });
  }

  /** Leaves capabilities negotiation; the socket must be connected to a QEMU that has not been greeted yet. */
  static async open(socket: Socket): Promise<Qmp> {
    const qmp = new Qmp(socket);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** @throws KC_QMP (harness) with QEMU's own words, or when QEMU went away; KC_QEMU_SILENT (host) when it does not answer */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#error(command, 'QEMU has closed the connection'));
        return;
      }
      const stop = this.#limit(command, reject);
      this.#waiting.push({
        resolve(value) {
          stop();
          resolve(value);
        },
        reject(error) {
          stop();
          reject(error);
        },
        command,
      });
      this.#socket.write(
        `${JSON.stringify(args === undefined ? { execute: command } : { execute: command, arguments: args })}\n`,
      );
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The command stays in the list of those that wait, as answers come in the order of the commands. */
  #limit(command: string, reject: (error: KconformError) => void): () => void {
    const startedAt = runningTime();
    const check = () => {
      const leftMs = Math.max(ANSWER_MS - (runningTime() - startedAt), graceLeftMs());
      if (leftMs > 0) timer = setTimeout(check, leftMs);
      else {
        reject(
          new KconformError(`QEMU does not run: no answer to "${command}" within ${ANSWER_MS / 1000} s`, {
            code: 'KC_QEMU_SILENT',
            blame: 'host',
            hint: 'the host stopped or froze the QEMU process, or is overloaded; run again',
          }),
        );
      }
    };
    let timer = setTimeout(check, ANSWER_MS);
    return () => clearTimeout(timer);
  }

  #receive(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.#dispatch(JSON.parse(line));
  }

  #dispatch(message: unknown): void {
    if (!isRecord(message) || 'QMP' in message) return;
    if (typeof message.event === 'string') {
      this.emit(message.event, message.data);
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    const error = message.error;
    if (isRecord(error)) waiting.reject(this.#error(waiting.command, String(error.desc)));
    else waiting.resolve(message.return);
  }

  #end(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(this.#error(waiting.command, 'QEMU has closed the connection'));
    }
  }

  #error(command: string, reason: string): KconformError {
    return new KconformError(`QEMU refused "${command}": ${reason}`, { code: 'KC_QMP', blame: 'harness' });
  }
}
