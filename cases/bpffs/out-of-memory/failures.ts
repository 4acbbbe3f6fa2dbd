import { type Call, type ErrnoResult, type Fd, type Guest, GuestBuffer, type GuestProcess, O, syscall } from 'kconform';
import { unreclaimableKiB } from '../slab.ts';

const FAILSLAB = '/sys/kernel/debug/failslab';
/** More allocations than any of the calls makes: one that still has more has not come to its end. */
const MOST = 500;

/** A call among those that go before it and after it, in which memory does not run out. */
export interface Exhausted {
  readonly before?: readonly Call[];
  readonly call: Call;
  readonly after?: readonly Call[];
  /** Takes away what the call has made: fails just where that failed. */
  readonly undo?: Call;
}

/** What came of a call when each of its allocations failed in turn, and when none did. */
export interface Exhaustion {
  /** The errors that it ended with. */
  readonly errors: string;
  /** How many allocations it did without. */
  readonly doneWithout: number;
  /** How often there was something to undo after a failure, or nothing after a success; null where nothing is made. */
  readonly left: number | null;
  /** What came of it with all the memory that it wanted. */
  readonly otherwise: ErrnoResult['errno'];
}

/** Has the slab allocator fail also where it may sleep, and without a call trace. */
export async function allowFailures(guest: Guest): Promise<void> {
  await guest.writeFile(`${FAILSLAB}/ignore-gfp-wait`, 'N');
  await guest.writeFile(`${FAILSLAB}/verbose`, '0');
}

/** /proc/PID/task/TID/fail-nth of a process (Documentation/fault-injection/fault-injection.rst), to be written by itself. */
export async function failNth(guest: Guest, process: GuestProcess): Promise<Fd> {
  const { fdOrBad } = await guest.root.open(`/proc/${process.pid}/task/${process.pid}/fail-nth`, O.RDWR);
  return process === guest.root ? fdOrBad : process.receive(fdOrBad);
}

/** Makes the call again and again, and each time one more of its allocations succeeds before the one that fails. */
export async function failEach(
  process: GuestProcess,
  nth: Fd,
  { before = [], call, after = [], undo }: Exhausted,
): Promise<Exhaustion> {
  const errors = new Set<string>();
  let doneWithout = 0;
  let left = undo === undefined ? null : 0;
  for (let n = 1; n <= MOST; n++) {
    const remaining = new GuestBuffer(Buffer.alloc(16), true);
    const calls = [...before, arm(nth, n), call, syscall('pread64', nth, remaining, 16, 0), arm(nth, 0), ...after];
    if (undo !== undefined) calls.push(undo);
    const answer = await process.batch(calls);
    const errno = answer.calls[before.length + 1]?.last.errno ?? null;
    const undone = answer.calls[calls.length - 1]?.last.errno ?? null;
    if (left !== null && (undone === null) !== (errno === null)) left++;
    const count = Number.parseInt(answer.contents.get(remaining)?.toString('latin1') ?? '', 10);
    if (Number.isNaN(count)) throw new Error('fail-nth does not tell what is left of its count');
    if (count > 0) {
      return { errors: [...errors].sort().join(', '), doneWithout, left, otherwise: errno };
    }
    if (errno === null) doneWithout++;
    else errors.add(errno);
  }
  throw new Error(`a call makes more than ${MOST} allocations`);
}

/** How often each allocation fails where what is left behind shall add up. */
const OFTEN = 500;

/** How much slab there is more, in KiB, when each allocation of a call, all of which it needs, has failed often. */
export async function grownKiB(
  guest: Guest,
  process: GuestProcess,
  nth: Fd,
  { call, undo }: Exhausted,
): Promise<number> {
  const failAll = async (times: number) => {
    for (let n = 1; n <= MOST; n++) {
      const calls = [arm(nth, n), call, arm(nth, 0), ...(undo === undefined ? [] : [undo])];
      if ((await process.repeat(times, calls)).calls[1]?.failures === 0) return;
    }
    throw new Error(`a call makes more than ${MOST} allocations`);
  };
  await failAll(10); // what the first calls allocate stays
  const before = await unreclaimableKiB(guest);
  await failAll(OFTEN);
  return (await unreclaimableKiB(guest)) - before;
}

function arm(nth: Fd, count: number): Call {
  const text = Buffer.from(String(count));
  return syscall('write', nth, new GuestBuffer(text), text.length);
}
