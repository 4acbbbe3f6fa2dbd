import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { KconformError } from '../errors.ts';

/** What the kernel itself counts against its health, read by the guest's init: no scenario stands in the way. */
export interface Health {
  /** /proc/sys/kernel/tainted */
  readonly taint: number;
  /** /sys/kernel/warn_count and oops_count (Documentation/ABI/testing/sysfs-kernel-warn_count); null where there is none. */
  readonly warnings: number | null;
  readonly oopses: number | null;
}

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
   * Gives a booted or restored guest the time of day and a seed of its own.
   * @returns the kernel's health before the case
   */
  async adopt(): Promise<Health> {
    const now = Date.now();
    const nanoseconds = String((now % 1000) * 1_000_000).padStart(9, '0');
    const seed = randomBytes(32).toString('hex');
    this.#socket.write(`adopt ${Math.floor(now / 1000)}.${nanoseconds} ${seed}\n`);
    return readHealth('adopted', await this.#line());
  }

  /**
   * Waits out an RCU grace period in the guest, so that what the scenario set going has had its turn, and answers with
   * the kernel's health. A guest that answers is alive.
   */
  async settle(): Promise<Health> {
    this.#socket.write('settle\n');
    return readHealth('settled', await this.#line());
  }

  /** A file's text (latin1-safe lines), or the errno number that reading it gave. */
  async readFile(path: string): Promise<{ readonly text: string; readonly errno: number }> {
    this.#socket.write(`read ${path}\n`);
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      if (!line.startsWith('|')) return { text: lines.join('\n'), errno: readEnd(line) };
      lines.push(line.slice(1));
    }
  }

  /** Writes a line to a file that is there. @returns the errno number, 0 when all went well */
  async writeFile(path: string, text: string): Promise<number> {
    this.#socket.write(`write ${path} ${text}\n`);
    return readEnd(await this.#line());
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

function readHealth(word: string, line: string): Health {
  const [, taint, warnings, oopses] = new RegExp(`^${word} (\\d+) (-?\\d+) (-?\\d+)$`).exec(line) ?? [];
  if (taint === undefined) throw unexpected(line);
  const counter = (text: string | undefined) => (Number(text) < 0 ? null : Number(text));
  return { taint: Number(taint), warnings: counter(warnings), oopses: counter(oopses) };
}

function readEnd(line: string): number {
  const error = /^end (0|-\d+)$/.exec(line)?.[1];
  if (error === undefined) throw unexpected(line);
  return Math.abs(Number(error));
}

function unexpected(line: string): KconformError {
  return new KconformError(`the guest's init said ${JSON.stringify(line.slice(0, 200))}`, {
    code: 'KC_GUEST_INIT',
    blame: 'harness',
  });
}
