import { KconformError } from '../../errors/error.ts';
import type { ErrnoResult } from './result.ts';

const BAD = -1;

/** The process in whose table a descriptor stands. */
export interface FdOwner {
  /** As in the guest's own pid namespace. */
  readonly pid: number;
  /** close(2). */
  close(fd: Descriptor): Promise<ErrnoResult>;
}

/** A file descriptor of a process in the guest. Another process gets it with `receive`. */
export class Fd implements AsyncDisposable {
  /**
   * The process that it belongs to. Calls of another process throw KC_FOREIGN_FD (case), unless both share the table of
   * descriptors.
   */
  readonly owner: FdOwner;
  /** Its number; -1 if there is no descriptor. */
  readonly number: number;

  constructor(owner: FdOwner, number: number) {
    this.owner = owner;
    this.number = number;
  }

  /** close(2); a second close fails with EBADF. */
  close(): Promise<ErrnoResult> {
    return this.owner.close(this);
  }

  /** Like `close`, but ignores the result. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A handle, or a number, for instance to pass an invalid descriptor. */
export type Descriptor = Fd | number;

export function descriptorNumber(descriptor: Descriptor): number {
  return typeof descriptor === 'number' ? descriptor : descriptor.number;
}

/** The result of a system call that returns a descriptor. */
export class FdResult implements ErrnoResult {
  readonly value: number;
  readonly errno: ErrnoResult['errno'];
  readonly #owner: FdOwner;
  readonly #call: string;

  constructor(owner: FdOwner, call: string, { value, errno }: ErrnoResult) {
    this.#owner = owner;
    this.#call = call;
    this.value = value;
    this.errno = errno;
  }

  /** The new descriptor. @throws KC_NO_FD (case) when the call failed */
  get fd(): Fd {
    if (this.errno === null) return new Fd(this.#owner, this.value);
    throw new KconformError(`${this.#call} gave ${this.errno}, so there is no file descriptor`, {
      code: 'KC_NO_FD',
      blame: 'case',
    });
  }

  /**
   * The new descriptor, or -1 if the call failed. Later calls with -1 fail with EBADF, so that the case continues and observes
   * the failure.
   */
  get fdOrBad(): Fd {
    return new Fd(this.#owner, this.errno === null ? this.value : BAD);
  }
}
