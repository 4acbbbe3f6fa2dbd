import {
  type Argument,
  type BatchOptions,
  type BatchResult,
  type Call,
  GuestBuffer,
  ResultOf,
  type ThreadBatch,
} from '../agent/batch.ts';
import type { GuestProcess } from './process.ts';

/** One side of a race: what a process does, as often as asked. */
export interface Racer {
  /** Whose calls they are; the same one twice has two threads. */
  readonly process: GuestProcess;
  /** The list, in its order; at most 254. Threads of one process share 256, of which each needs two to start. */
  readonly calls: readonly Call[];
  /** `limitMs` runs from the request, the wait for the others included. */
  readonly options?: BatchOptions;
}

const EFD_SEMAPHORE = 1;
/** The calls that stand before a runner's own. */
const START = 2;

/**
 * Runs several lists of calls at once: all wait in the guest until each is ready, then one event lets all of them go. Every round
 * begins with two short calls (write, read) that no longer wait. Runners of one process are threads of it, which share its memory
 * and its table of descriptors (GuestProcess.threads); the shortest of their limits is that of all. Processes made by
 * `fork(CLONE.FILES)` race for the same table of descriptors, each in an address space of its own.
 * @returns the results of each list, in the order of the runners
 * @throws KC_STUCK where one takes longer than its limit (20 s when not given); KC_PROCESS_ENDED (case); KC_AGENT (case)
 */
export async function race(...runners: readonly Racer[]): Promise<BatchResult[]> {
  const [first] = runners;
  if (first === undefined) return [];
  await using starter = await first.process.fork();
  const pipe = new GuestBuffer(Buffer.alloc(8), true);
  const made = await starter.batch([
    { name: 'pipe', args: [pipe] },
    { name: 'eventfd2', args: [0, EFD_SEMAPHORE] },
  ]);
  const ends = made.contents.get(pipe) ?? Buffer.alloc(8);
  const barrier = ends.readInt32LE(0);
  const ready = made.calls[1]?.last.value ?? -1;
  const sides = [];
  for (const process of new Set(runners.map((runner) => runner.process))) {
    const start = { ready: await starter.sendFd(ready, process), barrier: await starter.sendFd(barrier, process) };
    sides.push({ process, threads: runners.filter((runner) => runner.process === process), start });
  }
  const running = Promise.all(
    sides.map(async ({ process, threads, start }) => [process, await run(process, threads, start)] as const),
  );
  const eight = new GuestBuffer(Buffer.alloc(8));
  const allReady = starter.repeat(runners.length, [{ name: 'read', args: [ready, eight, 8] }]);
  await Promise.race([allReady, running]); // one that cannot even start is not waited for
  await starter.close(ends.readInt32LE(4)); // the end of the pipe is what all of them wait for
  const results = new Map(await running);
  return runners.flatMap(({ process }) => results.get(process)?.shift() ?? []);
}

async function run(
  process: GuestProcess,
  runners: readonly Racer[],
  { ready, barrier }: { readonly ready: number; readonly barrier: number },
): Promise<BatchResult[]> {
  const one = Buffer.alloc(8);
  one.writeBigUInt64LE(1n);
  const start: readonly Call[] = [
    { name: 'write', args: [ready, new GuestBuffer(one), 8] },
    { name: 'read', args: [barrier, new GuestBuffer(Buffer.alloc(1)), 1] },
  ];
  const threads = runners.map(
    ({ calls, options = {} }): ThreadBatch => ({ calls: [...start, ...calls.map(later)], options }),
  );
  const limits = runners.flatMap(({ options }) => options?.limitMs ?? []);
  const ended = await process.threads(threads, limits.length === 0 ? undefined : Math.min(...limits));
  await process.batch([ready, barrier].map((fd) => ({ name: 'close', args: [fd] }) as const));
  return ended.map((result) => ({
    ...result,
    calls: result.calls.slice(START),
    results: result.results.map((row) => row.slice(START)),
  }));
}

/** The same call where the starting calls stand before it. */
function later({ name, args }: Call): Call {
  const shifted = (argument: Argument) =>
    argument instanceof ResultOf ? new ResultOf(argument.call + START) : argument;
  return { name, args: args.map(shifted) };
}
