import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KconformError } from '../../errors/error.ts';

/** QEMU's stub answers within milliseconds, also when its guest is busy. */
const ANSWER_MS = 15_000;
/** rip in the answer to `g`: behind 16 registers of 8 bytes (gdb-xml/i386-64bit-core.xml in QEMU). */
const RIP_AT = 16 * 16;
const REGISTER = 16;

/**
 * The few packets of gdb's remote protocol that stop a guest at a function (GDB manual, "Remote Serial Protocol"). QEMU stops the
 * guest when somebody connects. Closing the connection leaves the guest as it is.
 */
export class GdbRemote implements Disposable {
  readonly #socket: Socket;
  #received = '';
  #isRunning = false;
  #waiting: ((packet: string) => void) | undefined;
  readonly #packets: string[] = [];
  readonly #closed: Promise<never>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => this.#receive(text));
    this.#closed = new Promise((_, reject) => {
      socket.on('error', (cause) => reject(remoteError('the connection failed', cause)));
      socket.on('close', () => reject(remoteError('QEMU closed the connection')));
    });
    this.#closed.catch(() => undefined); // awaited with each answer
  }

  static async open(path: string): Promise<GdbRemote> {
    const remote = new GdbRemote(connect(path));
    await remote.#ask('qSupported:hwbreak+');
    return remote;
  }

  /** A hardware breakpoint: it changes no memory of the guest. @param address hexadecimal */
  async setBreakpoint(address: string): Promise<void> {
    const answer = await this.#ask(`Z1,${address},1`);
    if (answer !== 'OK') throw remoteError(`a breakpoint at 0x${address} is refused (${answer}); a CPU has four`);
  }

  async removeBreakpoint(address: string): Promise<void> {
    const answer = await this.#ask(`z1,${address},1`);
    if (answer !== 'OK') throw remoteError(`a breakpoint at 0x${address} cannot be removed (${answer})`);
  }

  /** Lets the guest run. @returns when a breakpoint has stopped it: the number of the vCPU, from 0, and where it is, hexadecimal */
  async continue(): Promise<{ readonly cpu: number; readonly address: string }> {
    this.#isRunning = true;
    const stop = await this.#ask('c', Number.POSITIVE_INFINITY);
    this.#isRunning = false;
    const thread = /thread:(?:p[0-9a-f]+\.)?([0-9a-f]+)/.exec(stop)?.[1] ?? '1';
    await this.#ask(`Hg${thread}`);
    const registers = await this.#ask('g');
    const bytes = registers.slice(RIP_AT, RIP_AT + REGISTER).match(/../g) ?? [];
    return { cpu: Number.parseInt(thread, 16) - 1, address: bytes.reverse().join('') };
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #ask(packet: string, limitMs = ANSWER_MS): Promise<string> {
    const sum = Buffer.from(packet, 'latin1').reduce((before, byte) => (before + byte) & 0xff, 0);
    this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`, 'latin1');
    const next = this.#packets.shift();
    const answer = next === undefined ? new Promise<string>((resolve) => (this.#waiting = resolve)) : next;
    const waits: (string | Promise<string>)[] = [answer, this.#closed];
    const over = new AbortController();
    if (Number.isFinite(limitMs))
      waits.push(
        sleep(limitMs, '', { signal: over.signal, ref: false }).then(() => {
          throw remoteError(`no answer to ${packet}`);
        }),
      );
    try {
      return await Promise.race(waits);
    } finally {
      for (const wait of waits) Promise.resolve(wait).catch(() => undefined);
      over.abort();
    }
  }

  #receive(text: string): void {
    this.#received += text;
    for (;;) {
      const [whole, packet] = /^[^$]*\$([^#]*)#[0-9a-f]{2}/.exec(this.#received) ?? [];
      if (whole === undefined || packet === undefined) return;
      this.#received = this.#received.slice(whole.length);
      this.#socket.write('+');
      // That somebody has connected stops the guest, and QEMU says so before it answers anything.
      if (/^[TS]/.test(packet) && !this.#isRunning) continue;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#packets.push(packet);
      else waiting(packet);
    }
  }
}

function remoteError(why: string, cause?: unknown): KconformError {
  return new KconformError(`QEMU's gdb server: ${why}`, { code: 'KC_DEBUGGER', blame: 'host', cause });
}
