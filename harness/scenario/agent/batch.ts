import { KconformError } from '../../errors/error.ts';
import { Fd } from '../api/fd.ts';
import { type ErrnoResult, resultOf } from '../api/result.ts';
import { type SyscallName, syscallNumber } from '../syscalls/numbers.ts';

/**
 * Memory in the guest while a batch runs, aligned to 64 bytes. With `out` its content is returned afterwards. At most 1024
 * buffers and 64 MiB in one batch. A buffer that is used twice is the same memory.
 */
export class GuestBuffer {
  /** The content before the first call, and the length. */
  readonly bytes: Buffer;
  /** Whether the content is returned, in `contents` of the result. */
  readonly out: boolean;
  /** Pointers in this buffer: offset in bytes → the buffer whose address (8 bytes) is stored there. */
  readonly pointers = new Map<number, GuestBuffer>();

  constructor(bytes: Buffer, out = false) {
    this.bytes = bytes;
    this.out = out;
  }
}

/** The result of an earlier call of the same batch and thread, by its index. */
export class ResultOf {
  /** Index of the call in its list, from 0. */
  readonly call: number;

  constructor(call: number) {
    this.call = call;
  }
}

/**
 * An integer (negative ones in two's complement, a bigint in its lower 64 bits), a descriptor, a string (passed as UTF-8 bytes
 * and a NUL), null (a null pointer), a buffer (passed as its address), or the result of an earlier call.
 */
export type Argument = Fd | number | bigint | string | null | GuestBuffer | ResultOf;

/**
 * One of several system calls: `{ name: 'mkdir', args: ['/mnt/d', 0o755] }`. A process that a call creates (fork(2), clone(2))
 * exits at once; use `fork` of GuestProcess to get a process.
 */
export interface Call {
  /** A name of the kernel's table for x86-64 (asm/unistd_64.h), or any number. */
  readonly name: SyscallName | number;
  /** At most six; the others are 0. */
  readonly args: readonly Argument[];
}

/** One system call for `batch`, `errnos` or `race`: `syscall('mkdir', '/mnt/d', 0o755)`. */
export function syscall(name: Call['name'], ...args: Call['args']): Call {
  return { name, args };
}

/** How a list of calls is made. */
export interface ThreadOptions {
  /** How often the list is repeated in the guest; default: 1. */
  readonly repeat?: number;
  /** Stop at the first call that fails; the calls after it have the errno ECANCELED. */
  readonly stopAtError?: boolean;
  /** Return the results of all iterations, not only of the last. */
  readonly allResults?: boolean;
}

/** How a list of calls is made, and its limit. */
export interface BatchOptions extends ThreadOptions {
  /** Limit in milliseconds; default: 20 s. After it the process is killed: see KC_STUCK. */
  readonly limitMs?: number;
}

/** The calls of one thread. */
export interface ThreadBatch {
  /** In order; at most 256, including those of the other threads. */
  readonly calls: readonly Call[];
  /** Default: once, without stopping at errors, with the last results only. */
  readonly options?: ThreadOptions;
}

/** The results of one call of a batch, over all iterations. */
export interface CallSummary {
  /** The result of the last iteration. */
  readonly last: ErrnoResult;
  /** In how many iterations this call failed. */
  readonly failures: number;
  /** The name of the first error; null if there is none. */
  readonly firstError: string | null;
}

/** The results of a list of calls. */
export interface BatchResult {
  /** How many iterations began. */
  readonly iterations: number;
  /** The result of each call, in the order of the list. */
  readonly calls: readonly CallSummary[];
  /** The content of each buffer made with `out`, after the calls. */
  readonly contents: ReadonlyMap<GuestBuffer, Buffer>;
  /** With `allResults`: for each iteration, the result of each call. */
  readonly results: readonly (readonly ErrnoResult[])[];
}

const INTEGER = 0;
const ADDRESS = 1;
const EARLIER = 2;

/** Encodes a batch as images/guest/agent-program.c reads it. A buffer that several threads name is one for all of them. */
export function encodeBatch(threads: readonly ThreadBatch[]): { payload: Buffer; buffers: GuestBuffer[] } {
  const buffers: GuestBuffer[] = [];
  const indexOf = (buffer: GuestBuffer): number => {
    const known = buffers.indexOf(buffer);
    if (known >= 0) return known;
    buffers.push(buffer);
    for (const target of buffer.pointers.values()) indexOf(target);
    return buffers.indexOf(buffer);
  };
  const encodedThreads = threads.map((thread) => encodeThread(thread, indexOf));
  const parts: Buffer[] = [count16(buffers.length)];
  const relocations: Buffer[] = [];
  for (const [index, buffer] of buffers.entries()) {
    const meta = Buffer.alloc(5);
    const blank = buffer.bytes.every((byte) => byte === 0);
    meta.writeUInt32LE(buffer.bytes.length, 0);
    meta.writeUInt8((blank ? 0 : 1) | (buffer.out ? 2 : 0), 4);
    parts.push(meta, blank ? Buffer.alloc(0) : buffer.bytes);
    for (const [offset, target] of buffer.pointers) {
      const relocation = Buffer.alloc(12);
      relocation.writeUInt16LE(index, 0);
      relocation.writeUInt32LE(offset, 2);
      relocation.writeUInt16LE(buffers.indexOf(target), 6);
      relocations.push(relocation);
    }
  }
  parts.push(count16(relocations.length), ...relocations, Buffer.from([threads.length]), ...encodedThreads);
  return { payload: Buffer.concat(parts), buffers };
}

function encodeThread({ calls, options = {} }: ThreadBatch, indexOf: (buffer: GuestBuffer) => number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(options.repeat ?? 1, 0);
  head.writeUInt8((options.stopAtError === true ? 1 : 0) | (options.allResults === true ? 2 : 0), 4);
  const encodedCalls = calls.map(({ name, args }) => {
    const call = Buffer.alloc(5);
    call.writeUInt32LE(syscallNumber(name), 0);
    call.writeUInt8(args.length, 4);
    return Buffer.concat([call, ...args.map((argument) => encodeArgument(argument, indexOf))]);
  });
  return Buffer.concat([head, count16(calls.length), ...encodedCalls]);
}

/** @returns the results of each thread; the contents of buffers are the same for all */
export function decodeBatch(
  payload: Buffer,
  threads: readonly ThreadBatch[],
  buffers: readonly GuestBuffer[],
): BatchResult[] {
  let at = 0;
  const summaries = threads.map(({ calls }) => {
    const iterations = payload.readUInt32LE(at);
    const first = at + 4;
    at = first + 16 * calls.length;
    return { iterations, calls: calls.map((_, call) => decodeSummary(payload.subarray(first + 16 * call))) };
  });
  const contents = new Map<GuestBuffer, Buffer>();
  for (const buffer of buffers.filter(({ out }) => out)) {
    const length = payload.readUInt32LE(at);
    contents.set(buffer, payload.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return summaries.map(({ iterations, calls }, index) => {
    const results: ErrnoResult[][] = [];
    const rows = threads[index]?.options?.allResults === true ? iterations : 0;
    for (; results.length < rows; at += 8 * calls.length) {
      results.push(calls.map((_, call) => resultOf(payload.readBigInt64LE(at + 8 * call))));
    }
    return { iterations, calls, contents, results };
  });
}

function decodeSummary(bytes: Buffer): CallSummary {
  const firstError = bytes.readInt32LE(12);
  return {
    last: resultOf(bytes.readBigInt64LE(0)),
    failures: bytes.readUInt32LE(8),
    firstError: firstError === 0 ? null : resultOf(BigInt(-firstError)).errno,
  };
}

function encodeArgument(argument: Argument, indexOf: (buffer: GuestBuffer) => number): Buffer {
  const encoded = Buffer.alloc(9);
  if (argument instanceof GuestBuffer || typeof argument === 'string') {
    const buffer = typeof argument === 'string' ? cString(argument) : argument;
    encoded.writeUInt8(ADDRESS, 0);
    encoded.writeBigUInt64LE(BigInt(indexOf(buffer)), 1);
  } else if (argument instanceof ResultOf) {
    encoded.writeUInt8(EARLIER, 0);
    encoded.writeBigUInt64LE(BigInt(argument.call), 1);
  } else if (argument instanceof Fd) {
    return encodeArgument(argument.number, indexOf);
  } else {
    if (typeof argument === 'number' && !Number.isSafeInteger(argument)) {
      throw new KconformError(`a system call was given ${argument}, which is not an integer`, {
        code: 'KC_AGENT_REQUEST',
        blame: 'case',
      });
    }
    encoded.writeUInt8(INTEGER, 0);
    encoded.writeBigUInt64LE(BigInt.asUintN(64, BigInt(argument ?? 0)), 1);
  }
  return encoded;
}

export function cString(text: string): GuestBuffer {
  return new GuestBuffer(Buffer.from(`${text}\0`, 'utf8'));
}

function count16(count: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(count);
  return bytes;
}
