import {
  type Argument,
  type Call,
  GuestBuffer,
  type ProgramOptions,
  type ProgramResult,
  ResultOf,
} from './agent/program.ts';
import type { GuestProcess } from './process.ts';

/** One side of a race: what a process does, as often as asked. */
export interface Runner {
  readonly process: GuestProcess;
  readonly calls: readonly Call[];
  readonly options?: ProgramOptions;
}

const EFD_SEMAPHORE = 1;
/** The calls that stand before a runner's own. */
const START = 2;

/**
 * Runs the programs of several processes at once: all wait in the guest until each has come, then one event lets all of them go.
 * Every round begins with two short calls (write, read) that no longer wait. Processes made by `fork(CLONE.FILES)` race for the
 * same table of descriptors; an address space is never shared.
 * @returns what each program came to, in the order of the runners
 */
export async function race(...runners: readonly Runner[]): Promise<ProgramResult[]> {
  const [first] = runners;
  if (first === undefined) return [];
  await using starter = await first.process.fork();
  const pipe = new GuestBuffer(Buffer.alloc(8), true);
  const made = await starter.program([
    { name: 'pipe', args: [pipe] },
    { name: 'eventfd2', args: [0, EFD_SEMAPHORE] },
  ]);
  const ends = made.contents.get(pipe) ?? Buffer.alloc(8);
  const barrier = ends.readInt32LE(0);
  const come = made.calls[1]?.last.value ?? -1;
  const running = [];
  for (const { process, calls, options } of runners) {
    const theirs = { come: await starter.sendFd(come, process), barrier: await starter.sendFd(barrier, process) };
    running.push(run(process, theirs, calls, options));
  }
  const eight = new GuestBuffer(Buffer.alloc(8));
  await starter.repeat(runners.length, [{ name: 'read', args: [come, eight, 8] }]);
  await starter.close(ends.readInt32LE(4)); // the end of the pipe is what all of them wait for
  return Promise.all(running);
}

async function run(
  process: GuestProcess,
  { come, barrier }: { readonly come: number; readonly barrier: number },
  calls: readonly Call[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const one = Buffer.alloc(8);
  one.writeBigUInt64LE(1n);
  const start: readonly Call[] = [
    { name: 'write', args: [come, new GuestBuffer(one), 8] },
    { name: 'read', args: [barrier, new GuestBuffer(Buffer.alloc(1)), 1] },
  ];
  const result = await process.program([...start, ...calls.map(later)], options);
  await process.program([come, barrier].map((fd) => ({ name: 'close', args: [fd] }) as const));
  const { iterations, contents } = result;
  return {
    iterations,
    contents,
    calls: result.calls.slice(START),
    results: result.results.map((row) => row.slice(START)),
  };
}

/** The same call where its program has the starting ones before it. */
function later({ name, args }: Call): Call {
  const shifted = (argument: Argument) =>
    argument instanceof ResultOf ? new ResultOf(argument.call + START) : argument;
  return { name, args: args.map(shifted) };
}
