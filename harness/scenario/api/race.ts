import {
  type Argument,
  type BatchOptions,
  type BatchResult,
  type Call,
  GuestBuffer,
  ResultOf,
  type ThreadBatch,
} from '../agent/batch.ts';
import { type GuestProcess, variesBy } from './process.ts';

/** One side of a race: the calls of one process. */
export interface Racer {
  /** The process that makes the calls. If it is given twice, it uses two threads. */
  readonly process: GuestProcess;
  /** The calls, in order; at most 254. Threads of one process share 256 calls; each thread needs two of them to start. */
  readonly calls: readonly Call[];
  /** `limitMs` begins with the request and includes the wait for the others. */
  readonly options?: BatchOptions;
}

const EFD_SEMAPHORE = 1;
/** The calls that stand before a runner's own. */
const START = 2;

/**
 * Runs several lists of calls at the same time. All wait in the guest until each is ready; one event then starts all of them.
 * Every iteration begins with two short calls (write, read), which wait only in the first. Runners with the same process are
 * threads of it and share its memory and its table of descriptors (GuestProcess.threads); the shortest of their limits applies to
 * all. Processes created by `fork(CLONE.FILES)` share the table of descriptors, but not the memory.
 * @returns the results of each list, in the order of the runners
 * @throws KC_STUCK if one takes longer than its limit (default: 20 s); KC_PROCESS_ENDED (case); KC_AGENT (case)
 */
export async function race(...runners: readonly Racer[]): Promise<BatchResult[]> {
  const [first] = runners;
  if (first === undefined) return [];
  variesBy(first.process, 'a race');
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
