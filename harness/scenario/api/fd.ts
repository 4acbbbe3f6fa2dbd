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

/** A file descriptor of a process in the guest; `receive` of another process takes it over there. */
export class Fd implements AsyncDisposable {
  /** Whose calls take it; another process's end with KC_FOREIGN_FD (case), unless both share one table. */
  readonly owner: FdOwner;
  /** Its number in that table; -1 for one that there is not. */
  readonly number: number;

  constructor(owner: FdOwner, number: number) {
    this.owner = owner;
    this.number = number;
  }

  /** close(2); a second time it ends with EBADF. */
  close(): Promise<ErrnoResult> {
    return this.owner.close(this);
  }

  /** As `close`; the result is ignored. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A handle, or a bare number where a wrong one is the point. */
export type Descriptor = Fd | number;

export function descriptorNumber(descriptor: Descriptor): number {
  return typeof descriptor === 'number' ? descriptor : descriptor.number;
}

/** The result of a system call that opens something. */
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
   * The new descriptor; where the call failed one that there is not (-1), so that everything done with it ends with EBADF. For
   * what the kernel under test must grant: the case goes on, and observes that it was not.
   */
  get fdOrBad(): Fd {
    return new Fd(this.#owner, this.errno === null ? this.value : BAD);
  }
}
