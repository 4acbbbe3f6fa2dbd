/** futex2: futex_waitv(2), futex_wake, futex_wait and futex_requeue, as cases import them under the name `futex`. */
import { type Call, GuestBuffer } from '../agent/batch.ts';
import { Struct } from './struct.ts';

/** One futex of futex_waitv(2) and futex_requeue (linux/futex.h). */
export const WAITV = new Struct('struct futex_waitv', 'linux/futex.h', 24, {
  val: ['u64', 0],
  uaddr: ['u64', 8],
  flags: ['u32', 16],
  __reserved: ['u32', 20],
});

/** Flags of a futex (linux/futex.h), without FUTEX2_. */
export const FUTEX2 = { SIZE_U8: 0, SIZE_U16: 1, SIZE_U32: 2, SIZE_U64: 3, NUMA: 4, PRIVATE: 128 } as const;

/** One futex of futex_requeue. */
export interface Waiter {
  /** Where the futex is. */
  readonly word: GuestBuffer;
  /** The value that it is expected to have. */
  readonly value?: number;
  /** Bits of FUTEX2. */
  readonly flags: number;
}

/** futex_requeue (Linux 6.7): wakes `wake` waiters of the first futex, and moves `move` to the second. */
export function requeue(from: Waiter, to: Waiter, wake: number, move: number): Call {
  const both = new GuestBuffer(Buffer.alloc(2 * WAITV.size));
  for (const [index, { word, value = 0, flags }] of [from, to].entries()) {
    const made = WAITV.make({ val: value, uaddr: word, flags });
    made.bytes.copy(both.bytes, index * WAITV.size);
    for (const [offset, target] of made.pointers) both.pointers.set(index * WAITV.size + offset, target);
  }
  return { name: 'futex_requeue', args: [both, 0, wake, move] };
}
