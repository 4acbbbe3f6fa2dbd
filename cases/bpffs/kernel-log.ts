import { type Fd, GuestBuffer, type GuestProcess, O, SEEK, syscall } from 'kconform';

const RECORD = 1024;
const AT_ONCE = 32;

/** The kernel's log from now on, read from /dev/kmsg (Documentation/ABI/testing/dev-kmsg). */
export class KernelLog {
  readonly #process: GuestProcess;
  readonly #kmsg: Fd;

  private constructor(process: GuestProcess, kmsg: Fd) {
    this.#process = process;
    this.#kmsg = kmsg;
  }

  static async open(process: GuestProcess): Promise<KernelLog> {
    const kmsg = (await process.open('/dev/kmsg', O.NONBLOCK)).fd;
    await process.syscall('lseek', kmsg, 0, SEEK.END);
    return new KernelLog(process, kmsg);
  }

  /** The messages since the last call, oldest first. */
  async news(): Promise<string[]> {
    const messages: string[] = [];
    for (;;) {
      const records = Array.from({ length: AT_ONCE }, () => new GuestBuffer(Buffer.alloc(RECORD), true));
      const reads = records.map((record) => syscall('read', this.#kmsg, record, RECORD));
      const { calls, contents } = await this.#process.batch(reads);
      for (const [index, { last }] of calls.entries()) {
        const { value, errno } = last;
        if (errno === 'EAGAIN') return messages;
        if (errno !== null) throw new Error(`/dev/kmsg cannot be read: ${errno}`);
        const record = records[index];
        const text = (record && contents.get(record)?.toString('latin1', 0, value)) ?? '';
        messages.push(/;(.*)/.exec(text)?.[1] ?? '');
      }
    }
  }
}
