import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { KconformError } from '../errors.ts';

/** The line-based protocol with the guest's init (images/guest/init.c). */
export class Control {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #partial = '';
  #next: ((line: string) => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      for (const line of lines) this.#deliver(line);
    });
  }

  /** The guest's SSH host key (`ssh-ed25519 AAAA…`), once its SSH server waits for the first client. */
  async ready(): Promise<string> {
    const line = await this.#line();
    const match = /^ready (ssh-ed25519 [A-Za-z0-9+/=]+)/.exec(line);
    if (match?.[1] === undefined) throw unexpected(line);
    return match[1];
  }

  /**
   * Gives a booted or restored guest the time of day, a seed of its own and the key that may log in.
   * @returns the value of /proc/sys/kernel/tainted before the case
   */
  async adopt(publicKey: string): Promise<number> {
    const now = Date.now();
    const nanoseconds = String((now % 1000) * 1_000_000).padStart(9, '0');
    const seed = randomBytes(32).toString('hex');
    this.#socket.write(`adopt ${Math.floor(now / 1000)}.${nanoseconds} ${seed} ${publicKey}\n`);
    const line = await this.#line();
    const match = /^adopted (\d+)$/.exec(line);
    if (match?.[1] === undefined) throw unexpected(line);
    return Number(match[1]);
  }

  /**
   * Waits out an RCU grace period in the guest, so that what the scenario set going has had its turn, and answers with
   * the value of /proc/sys/kernel/tainted. A guest that answers is alive.
   */
  async settle(): Promise<number> {
    this.#socket.write('settle\n');
    const line = await this.#line();
    const match = /^settled (\d+)$/.exec(line);
    if (match?.[1] === undefined) throw unexpected(line);
    return Number(match[1]);
  }

  #deliver(line: string): void {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#lines.push(line);
    else next(line);
  }

  #line(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#next = resolve;
    });
  }
}

function unexpected(line: string): KconformError {
  return new KconformError(`the guest's init said ${JSON.stringify(line.slice(0, 200))}`, {
    code: 'KC_GUEST_INIT',
    blame: 'harness',
  });
}
