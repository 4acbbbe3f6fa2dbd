import { KconformError } from '../../errors/error.ts';
import { type Call, GuestBuffer } from '../agent/batch.ts';
import { Fd } from '../api/fd.ts';
import type { GuestProcess } from '../api/process.ts';
import type { ErrnoResult } from '../api/result.ts';
import { Struct } from './struct.ts';
import { TIMESPEC } from './time.ts';

/** linux/io_uring.h. */
export const PARAMS = new Struct('struct io_uring_params', 'linux/io_uring.h', 120, {
  sq_entries: ['u32', 0],
  cq_entries: ['u32', 4],
  flags: ['u32', 8],
  features: ['u32', 20],
  'sq_off.head': ['u32', 40],
  'sq_off.tail': ['u32', 44],
  'sq_off.ring_mask': ['u32', 48],
  'cq_off.head': ['u32', 80],
  'cq_off.tail': ['u32', 84],
  'cq_off.ring_mask': ['u32', 88],
  'cq_off.overflow': ['u32', 96],
  'cq_off.cqes': ['u32', 100],
});

/** linux/io_uring.h. */
export const CQE = new Struct('struct io_uring_cqe', 'linux/io_uring.h', 16, {
  user_data: ['u64', 0],
  res: ['s32', 8],
  flags: ['u32', 12],
});

/** linux/io_uring.h. */
export const GETEVENTS_ARG = new Struct('struct io_uring_getevents_arg', 'linux/io_uring.h', 24, {
  sigmask: ['u64', 0],
  sigmask_sz: ['u32', 8],
  ts: ['u64', 16],
});

const SETUP_CQSIZE = 0x8;
const SETUP_SUBMIT_ALL = 0x80;
const SETUP_NO_SQARRAY = 0x10000;
const ENTER_GETEVENTS = 1;
const ENTER_EXT_ARG = 8;
const OFF_SQ_RING = 0;
const OFF_SQES = 0x10000000;
const SQE_SIZE = 64;
const READ_WRITE = 3;
const SHARED_POPULATE = 0x8001;
const NANOSECONDS = 1_000_000;

/** Properties of a new ring. */
export interface RingOptions {
  /** Requests at once, a power of two; default: 8. */
  readonly entries?: number;
  /** Completions that it holds, a power of two; default: as the kernel decides. */
  readonly cqEntries?: number;
  /** Bits of SETUP. SUBMIT_ALL, so that a refused request keeps no other back, and NO_SQARRAY (Linux 6.6) are always set. */
  readonly flags?: number;
}

/** A completion. */
export interface Cqe {
  /** `user_data` of the request. */
  readonly userData: bigint;
  /** The result; a negative one is an errno: -22 is EINVAL. */
  readonly res: number;
  /** IORING_CQE_F_*. */
  readonly flags: number;
}

/** How requests are submitted. */
export interface SubmitOptions {
  /** How many completions to wait for; default: as many as there are requests. */
  readonly wait?: number;
  /** How long to wait for them, in milliseconds; default: 1000. */
  readonly timeoutMs?: number;
  /** Calls after the submission, in the same round trip. */
  readonly after?: readonly Call[];
}

/** The result of io_uring_enter(2), and the completions that were there afterwards. */
export interface Submitted extends ErrnoResult {
  /** In the order in which they came. */
  readonly cqes: readonly Cqe[];
  /** Results of `after`. */
  readonly after: readonly ErrnoResult[];
}

type Params = ReturnType<typeof PARAMS.read>;

/** An io_uring of a process in the guest, with its memory mapped there. */
export class Ring implements AsyncDisposable {
  /** Its descriptor, for io_uring_register(2). */
  readonly fd: Fd;
  readonly #process: GuestProcess;
  readonly #params: Params;
  readonly #ring: bigint;
  readonly #sqes: bigint;
  #sqTail = 0;
  #cqHead = 0;

  private constructor(process: GuestProcess, fd: Fd, params: Params, memory: { ring: bigint; sqes: bigint }) {
    this.#process = process;
    this.fd = fd;
    this.#params = params;
    this.#ring = memory.ring;
    this.#sqes = memory.sqes;
  }

  /** io_uring_setup(2) and mmap(2). @throws KC_RING (case) with the errno */
  static async open(process: GuestProcess, options: RingOptions = {}): Promise<Ring> {
    const { entries = 8, cqEntries, flags = 0 } = options;
    const asked = flags | SETUP_SUBMIT_ALL | SETUP_NO_SQARRAY | (cqEntries === undefined ? 0 : SETUP_CQSIZE);
    const buffer = PARAMS.make({ flags: asked, cq_entries: cqEntries ?? 0 }, { out: true });
    const setup = await process.batch([{ name: 'io_uring_setup', args: [entries, buffer] }]);
    const fd = new Fd(process, mustValue('io_uring_setup', setup.calls[0]?.last));
    const params = PARAMS.read(setup.contents.get(buffer) ?? buffer.bytes);
    const map = (length: number, offset: number): Call => ({
      name: 'mmap',
      args: [null, length, READ_WRITE, SHARED_POPULATE, fd, offset],
    });
    const { calls } = await process.batch([
      map(ringSize(params), OFF_SQ_RING),
      map(params.sq_entries * SQE_SIZE, OFF_SQES),
    ]);
    const ring = BigInt(mustValue('mmap', calls[0]?.last));
    return new Ring(process, fd, params, { ring, sqes: BigInt(mustValue('mmap', calls[1]?.last)) });
  }

  /**
   * Submits requests (of SQE.make) with io_uring_enter(2), and waits for completions. A request may point to other buffers as long as
   * the kernel reads or writes them before this returns.
   * @throws as GuestProcess.batch does
   */
  async submit(sqes: readonly GuestBuffer[], options: SubmitOptions = {}): Promise<Submitted> {
    const { wait = sqes.length, timeoutMs = 1000, after = [] } = options;
    const tail = this.#sqTail + sqes.length;
    const ring = new GuestBuffer(Buffer.alloc(ringSize(this.#params)), true);
    const calls: Call[] = [
      ...sqes.map((sqe, index) => this.#write(this.#slot(this.#sqTail + index), sqe)),
      this.#write(this.#ring + BigInt(this.#params['sq_off.tail']), u32(tail)),
      this.#write(this.#ring + BigInt(this.#params['cq_off.head']), u32(this.#cqHead)),
      this.#enter(sqes.length, wait, timeoutMs),
      ...after,
      this.#transfer('process_vm_readv', this.#ring, ring),
    ];
    const { calls: ended, contents } = await this.#process.batch(calls);
    this.#sqTail = tail;
    const results = ended.map(({ last }) => last);
    const entered = results[sqes.length + 2];
    if (entered === undefined) throw new TypeError('a batch has a result for each of its calls');
    return {
      ...entered,
      cqes: this.#reap(contents.get(ring) ?? ring.bytes),
      after: results.slice(sqes.length + 3, -1),
    };
  }

  /** io_uring_register(2) with an operation of REGISTER. */
  register(operation: number, argument: GuestBuffer | null, count: number): Promise<ErrnoResult> {
    return this.#process.syscall('io_uring_register', this.fd, operation, argument, count);
  }

  /** close(2): the memory stays mapped. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.fd.close();
  }

  #reap(ring: Buffer): Cqe[] {
    const tail = ring.readUInt32LE(this.#params['cq_off.tail']);
    const all: Cqe[] = [];
    for (; this.#cqHead !== tail; this.#cqHead = (this.#cqHead + 1) >>> 0) {
      const slot = this.#cqHead & (this.#params.cq_entries - 1);
      const { user_data, res, flags } = CQE.read(ring, this.#params['cq_off.cqes'] + slot * CQE.size);
      all.push({ userData: user_data, res, flags });
    }
    return all;
  }

  #slot(index: number): bigint {
    return this.#sqes + BigInt((index & (this.#params.sq_entries - 1)) * SQE_SIZE);
  }

  #enter(submit: number, wait: number, timeoutMs: number): Call {
    const timeout = TIMESPEC.make({ tv_sec: Math.floor(timeoutMs / 1000), tv_nsec: (timeoutMs % 1000) * NANOSECONDS });
    const argument = GETEVENTS_ARG.make({ ts: timeout });
    const flags = ENTER_GETEVENTS | ENTER_EXT_ARG;
    return { name: 'io_uring_enter', args: [this.fd, submit, wait, flags, argument, GETEVENTS_ARG.size] };
  }

  #write(address: bigint, from: GuestBuffer): Call {
    return this.#transfer('process_vm_writev', address, from);
  }

  /** Between memory of the process that outlives a batch, and a buffer. */
  #transfer(name: 'process_vm_readv' | 'process_vm_writev', address: bigint, buffer: GuestBuffer): Call {
    const own = IOVEC.make({ iov_base: buffer, iov_len: buffer.bytes.length });
    const mapped = IOVEC.make({ iov_base: address, iov_len: buffer.bytes.length });
    return { name, args: [this.#process.pid, own, 1, mapped, 1, 0] };
  }
}

/** linux/uio.h. */
const IOVEC = new Struct('struct iovec', 'linux/uio.h', 16, { iov_base: ['u64', 0], iov_len: ['u64', 8] });

function u32(value: number): GuestBuffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return new GuestBuffer(bytes);
}

function ringSize(params: Params): number {
  return params['cq_off.cqes'] + params.cq_entries * CQE.size;
}

function mustValue(call: string, result: ErrnoResult | undefined): number {
  if (result?.errno === null) return result.value;
  throw new KconformError(`cannot set an io_uring up in the guest: ${call} gave ${result?.errno}`, {
    code: 'KC_RING',
    blame: 'case',
    hint: 'io_uring needs CONFIG_IO_URING, and NO_SQARRAY needs Linux 6.6',
  });
}
