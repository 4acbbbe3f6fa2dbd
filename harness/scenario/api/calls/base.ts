import { type Argument, type BatchOptions, type BatchResult, type Call, GuestBuffer } from '../../agent/batch.ts';
import type { SyscallName } from '../../syscalls/numbers.ts';
import { type Descriptor, FdResult } from '../fd.ts';
import type { ErrnoResult } from '../result.ts';

/** Any system call, one or several in a round trip: what the calls with typed arguments are made of. */
export abstract class AnyCall {
  /** The pid in the guest's initial pid namespace, as in its /proc. */
  abstract readonly pid: number;

  /** Several calls in one round trip; see GuestProcess. */
  abstract batch(calls: readonly Call[], options?: BatchOptions): Promise<BatchResult>;

  /** Any system call by name or number, with at most six arguments: see Argument. Use `batch` to read a buffer afterwards. */
  async syscall(name: SyscallName | number, ...args: readonly Argument[]): Promise<ErrnoResult> {
    const [summary] = (await this.batch([{ name, args }])).calls;
    if (summary === undefined) throw new TypeError('a batch of one call has one result');
    return summary.last;
  }

  /** close(2). */
  close(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('close', fd);
  }

  /** Makes each call once, in this order and in one round trip. @returns the errno of each call, by its name; null for success */
  async errnos<N extends string>(calls: Readonly<Record<N, Call>>): Promise<Record<N, ErrnoResult['errno']>> {
    const list: readonly Call[] = Object.values(calls);
    const summaries = (await this.batch(list)).calls;
    const ended: Partial<Record<N, ErrnoResult['errno']>> = {};
    let index = 0;
    for (const name in calls) {
      const summary = summaries[index++];
      if (summary !== undefined) ended[name] = summary.last.errno;
    }
    if (!hasEach(ended, calls)) throw new TypeError('a batch has a result for each of its calls');
    return ended;
  }

  protected async opening(name: SyscallName, ...args: readonly Argument[]): Promise<FdResult> {
    return new FdResult(this, name, await this.syscall(name, ...args));
  }

  protected async text(call: Call, buffer: GuestBuffer) {
    const { calls, contents } = await this.batch([call]);
    const last = calls[0]?.last ?? { value: -1, errno: null };
    const bytes = contents.get(buffer)?.subarray(0, Math.max(0, last.value)) ?? Buffer.alloc(0);
    return { ...last, text: bytes.toString('utf8'), bytes };
  }

  protected async facts<T>(name: SyscallName, of: Argument, length: number, read: (bytes: Buffer) => T) {
    const buffer = new GuestBuffer(Buffer.alloc(length), true);
    const { calls, contents } = await this.batch([{ name, args: [of, buffer] }]);
    const last = calls[0]?.last ?? { value: -1, errno: null };
    const bytes = contents.get(buffer);
    return { ...last, facts: last.errno === null && bytes !== undefined ? read(bytes) : null };
  }
}

function hasEach<N extends string, V>(
  some: Partial<Record<N, V>>,
  all: Readonly<Record<N, Call>>,
): some is Record<N, V> {
  return Object.keys(all).every((name) => Object.hasOwn(some, name));
}
