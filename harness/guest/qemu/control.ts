import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { KconformError } from '../../errors/error.ts';

/** What the kernel itself counts against its health, read by the guest's init: no scenario stands in the way. */
export interface Health {
  /** /proc/sys/kernel/tainted */
  readonly taint: number;
  /** /sys/kernel/warn_count and oops_count (Documentation/ABI/testing/sysfs-kernel-warn_count); null where there is none. */
  readonly warnings: number | null;
  readonly oopses: number | null;
}

/** What the kernel log said since it was last read. */
export interface LogPart {
  /** `PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,caller=T1];TEXT` (Documentation/ABI/testing/dev-kmsg) */
  readonly records: readonly string[];
  /** True when records were overwritten before they were read. */
  readonly lost: boolean;
  /** Why nothing could be read; 0 otherwise. */
  readonly errno: number;
}

/** The line-based protocol with the guest's init (images/guest/init.c). Requests are sent one after another. */
export class Control {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<() => void>();
  #partial = '';
  #next: ((line: string) => void) | undefined;
  /** Settled when the request before has its answer. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      for (const line of lines) this.#deliver(line);
    });
  }

  /** The guest's SSH host key (`ssh-ed25519 AAAA…`), once its SSH server waits for the first client. */
  ready(): Promise<string> {
    return this.#ask('', async () => {
      const line = await this.#line();
      const match = /^ready (ssh-ed25519 [A-Za-z0-9+/=]+)/.exec(line);
      if (match?.[1] === undefined) throw unexpected(line);
      return match[1];
    });
  }

  /** Gives a booted or restored guest the time of day and a seed of its own. */
  adopt(): Promise<void> {
    const now = Date.now();
    const nanoseconds = String((now % 1000) * 1_000_000).padStart(9, '0');
    const seed = randomBytes(32).toString('hex');
    const request = `adopt ${Math.floor(now / 1000)}.${nanoseconds} ${seed}\n`;
    return this.#ask(request, async () => {
      const line = await this.#line();
      if (line !== 'adopted') throw unexpected(line);
    });
  }

  /**
   * Waits out an RCU grace period in the guest, so that what the scenario set going has had its turn, and answers with
   * the kernel's health. A guest that answers is alive.
   */
  settle(): Promise<Health> {
    return this.#ask('settle\n', async () => readHealth(await this.#line()));
  }

  /** Resolves as soon as init says anything: it is asked, and may also be in the middle of answering an earlier request. */
  async saysAnything(): Promise<void> {
    this.settle().catch(() => undefined); // a wrong answer is an answer
    await this.hears();
  }

  /** Resolves with the next words of init, which it may have said before. */
  async hears(): Promise<void> {
    await new Promise<void>((resolve) => {
      const heard = () => {
        this.#listeners.delete(heard);
        resolve();
      };
      this.#listeners.add(heard);
    });
  }

  /** A file's text (latin1-safe lines), or the errno number that reading it gave. */
  readFile(path: string): Promise<{ readonly text: string; readonly errno: number }> {
    return this.#ask(`read ${path}\n`, async () => {
      const lines: string[] = [];
      for (;;) {
        const line = await this.#line();
        if (!line.startsWith('|')) return { text: lines.join('\n'), errno: readEnd(line) };
        lines.push(line.slice(1));
      }
    });
  }

  /** Writes a line to a file that is there. @returns the errno number, 0 when all went well */
  writeFile(path: string, text: string): Promise<number> {
    return this.#ask(`write ${path} ${text}\n`, async () => readEnd(await this.#line()));
  }

  /** From here on the kernel log is the case's: before a guest is frozen, so that nothing in a clone's life is left out. */
  async beginLog(): Promise<void> {
    await this.#ask('begin\n', async () => readEnd(await this.#line()));
  }

  /** The records of the kernel log since {@link beginLog}, or since the last time. */
  readLog(): Promise<LogPart> {
    return this.#ask('log\n', async () => {
      const records: string[] = [];
      let lost = false;
      for (;;) {
        const line = await this.#line();
        if (line === 'lost') lost = true;
        else if (line.startsWith('|')) records.push(line.slice(1));
        else if (!line.startsWith(' ')) return { records, lost, errno: readEnd(line) };
      }
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask<T>(request: string, readAnswer: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(() => {
      if (request !== '') this.#socket.write(request);
      return readAnswer();
    });
    this.#turn = answer.catch(() => undefined); // the caller has the error
    return answer;
  }

  #deliver(line: string): void {
    for (const heard of this.#listeners) heard();
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

/** A line `settled TAINT WARNINGS OOPSES` (images/guest/control.c). @throws KC_GUEST_INIT (harness) for another */
export function readHealth(line: string): Health {
  const [, taint, warnings, oopses] = /^settled (\d+) (-?\d+) (-?\d+)$/.exec(line) ?? [];
  if (taint === undefined) throw unexpected(line);
  const counter = (text: string | undefined) => (Number(text) < 0 ? null : Number(text));
  return { taint: Number(taint), warnings: counter(warnings), oopses: counter(oopses) };
}

/** A line `end ERROR`, as the errno number. @throws KC_GUEST_INIT (harness) for another */
export function readEnd(line: string): number {
  const error = /^end (0|-\d+)$/.exec(line)?.[1];
  if (error === undefined) throw unexpected(line);
  return Math.abs(Number(error));
}

/** The error for a line that init never says there. */
export function unexpected(line: string): KconformError {
  return new KconformError(`the guest's init said ${JSON.stringify(line.slice(0, 200))}`, {
    code: 'KC_GUEST_INIT',
    blame: 'harness',
  });
}
