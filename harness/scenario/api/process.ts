import { KconformError } from '../../errors/error.ts';
import type { AgentClient } from '../../guest/agent/client.ts';
import { OP } from '../../guest/agent/frames.ts';
import type { ProcessEnd } from '../../guest/agent/process-ends.ts';
import { signalName } from '../../guest/agent/signals.ts';
import {
  type Argument,
  type BatchOptions,
  type BatchResult,
  type Call,
  decodeBatch,
  encodeBatch,
  type ThreadBatch,
} from '../agent/batch.ts';
import { showCall, showResults } from '../agent/strace.ts';
import { SystemCalls } from './calls/system-calls.ts';
import { CLONE } from './constants.ts';
import { type Descriptor, descriptorNumber, Fd } from './fd.ts';
import type { FileFacts } from './stat.ts';
import type { Transcript } from './transcript.ts';

const O_WRONLY_CREATE_TRUNCATE = 0o1 | 0o100 | 0o1000;
/** In bytes; a request takes 16 MiB at most. */
const WRITTEN_AT_ONCE = 1 << 20;

const transcripts = new WeakMap<GuestProcess, Transcript>();

/** A process in the guest. Its methods are system calls, which run one after another. */
export class GuestProcess extends SystemCalls implements AsyncDisposable {
  /** The pid in the guest's initial pid namespace, as in its /proc. */
  readonly pid: number;
  readonly #agent: AgentClient;
  readonly #transcript: Transcript;
  readonly #id: number;
  /** The same for processes that share a table of descriptors. */
  readonly #table: symbol;

  private constructor(
    agent: AgentClient,
    transcript: Transcript,
    { id, pid }: { readonly id: number; readonly pid: number },
    table: symbol = Symbol(),
  ) {
    super();
    this.#transcript = transcript;
    transcripts.set(this, transcript);
    this.#table = table;
    this.#agent = agent;
    this.#id = id;
    this.pid = pid;
  }

  /** Starts one as a child of the agent. */
  static async start(agent: AgentClient, transcript: Transcript): Promise<GuestProcess> {
    const started = await agent.spawn();
    transcript.note(`process ${started.pid} started`);
    return new GuestProcess(agent, transcript, started);
  }

  /**
   * A child with copies of this process's descriptors, credentials and namespaces.
   * @param flags of clone(2): with CLONE.FILES both share the table of descriptors, with CLONE.FS the working directory and
   *   umask; CLONE.NEWPID and similar flags give the child new namespaces
   * @throws KC_AGENT (case) with the error of clone(2)
   */
  async fork(flags = 0): Promise<GuestProcess> {
    const child = await this.#agent.fork(this.#id, flags);
    this.#transcript.note(`${this.pid} forked ${child.pid}${flags === 0 ? '' : `, flags 0x${flags.toString(16)}`}`);
    const table = (flags & CLONE.FILES) === 0 ? Symbol() : this.#table;
    return new GuestProcess(this.#agent, this.#transcript, child, table);
  }

  /**
   * Makes up to 256 calls in one round trip, once or repeatedly. ResultOf stands for the result of an earlier call.
   * @throws KC_STUCK when they take longer than their limit; KC_PROCESS_ENDED (case) when they end the process; KC_AGENT_CLOSED
   *   (case) when the agent was killed; KC_AGENT (case) if it exceeds a limit of the agent; KC_AGENT_REQUEST (case) for a number
   *   that is not an integer, or for more than 16 MiB; KC_UNKNOWN_SYSCALL (case); KC_FOREIGN_FD (case)
   */
  override async batch(calls: readonly Call[], options: BatchOptions = {}): Promise<BatchResult> {
    const [result] = await this.threads([{ calls, options }], options.limitMs);
    if (result === undefined) throw new TypeError('a batch of one thread has one result');
    return result;
  }

  /**
   * Makes several lists of calls at the same time, each in a new thread of the process (clone(2) with CLONE_THREAD, CLONE_VM,
   * CLONE_FILES, CLONE_FS and CLONE_SIGHAND, as pthread_create(3) does). At most eight threads, with 256 calls in total. Threads
   * share memory, including each GuestBuffer, and the table of descriptors. User ids, capabilities and namespaces that a thread
   * changes apply to that thread only. All threads have ended when this returns. `race` adds a common start. A call that ends its
   * thread, and the calls after it, have the errno ECANCELED.
   * @param limitMs limit for all threads in milliseconds; after it the process is killed: see KC_STUCK
   * @returns the result of each, in that order
   * @throws KC_AGENT (case) with the error of clone(2), or if there are too many threads
   */
  async threads(threads: readonly ThreadBatch[], limitMs?: number): Promise<BatchResult[]> {
    const shown = threads.map(({ calls }, index) => ({
      who: threads.length === 1 ? `${this.pid}` : `${this.pid} thread ${index}:`,
      calls,
    }));
    for (const { calls } of threads) for (const { args } of calls) this.#mustOwnAll(args);
    if (threads.length > 1) this.#transcript.varies('a race');
    const { payload, buffers } = encodeBatch(threads);
    const begun = shown.map(({ who, calls }) => `${who} ${calls.map(showCall).join('; ')}`);
    const entry = this.#transcript.begin(begun.join(' || '));
    try {
      const answer = await this.#agent.request(this.#id, OP.program, payload, limitMs);
      const results = decodeBatch(answer, threads, buffers);
      entry.become(
        ...shown.flatMap(({ who, calls }, index) => showResults(calls, results[index]).map((line) => `${who} ${line}`)),
      );
      return results;
    } catch (error) {
      entry.become(
        ...shown.flatMap(({ who, calls }) => calls.map((call) => `${who} ${showCall(call)} = ? (${messageOf(error)})`)),
      );
      throw error;
    }
  }

  /** Repeats the calls in the guest, in one round trip. @throws as `batch` does */
  repeat(times: number, calls: readonly Call[], options: Omit<BatchOptions, 'repeat'> = {}): Promise<BatchResult> {
    return this.batch(calls, { ...options, repeat: times });
  }

  /**
   * Passes a descriptor to another process (SCM_RIGHTS, unix(7)); afterwards both have it.
   * @returns its number there
   * @throws KC_AGENT (case) if it is not open, or the other process cannot receive it
   */
  async sendFd(fd: Descriptor, to: GuestProcess): Promise<number> {
    if (fd instanceof Fd) this.#mustOwn(fd);
    const received = await this.#agent.sendFd(this.#id, descriptorNumber(fd), to.#id);
    this.#transcript.note(`${this.pid} sent descriptor ${descriptorNumber(fd)} to ${to.pid}: ${received} there`);
    return received;
  }

  /** Receives a descriptor of another process: `sendFd` from this side. A descriptor of -1 stays -1. @throws as `sendFd` does */
  async receive(fd: Fd): Promise<Fd> {
    if (fd.number < 0) return new Fd(this, fd.number);
    if (!(fd.owner instanceof GuestProcess)) throw new TypeError('a descriptor stands in the table of a process');
    return new Fd(this, await fd.owner.sendFd(fd, this));
  }

  /** Sends a signal by number: see SIG, pidfd_send_signal(2). @throws KC_AGENT (case) if the kernel rejects it */
  async kill(signal: number): Promise<void> {
    await this.#agent.kill(this.#id, signal);
    this.#transcript.note(`${this.pid} was sent ${signalName(signal)}`);
  }

  /**
   * Resolves when the process ends for any reason.
   * @param limitMs how long to wait, in milliseconds; default: 20 s
   * @throws KC_PROCESS_TIMEOUT (case) when it has not ended by then
   */
  ended(limitMs?: number): Promise<ProcessEnd> {
    return this.#agent.ended(this.#id, limitMs);
  }

  /** The position of each thread in the kernel: /proc/PID/task/TID/stack if the kernel provides it, and wchan (proc(5)). */
  kernelStack(): Promise<string> {
    return this.#agent.kernelStack(this.#id);
  }

  /**
   * Kills the process if it still runs, and waits for its end; its descriptors are then closed. A process with a call that was
   * reported as stuck is left as it is.
   * @throws KC_STUCK (kernel) if SIGKILL does not end it
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.end(this.#id);
  }

  #mustOwnAll(args: readonly Argument[]): void {
    for (const argument of args) if (argument instanceof Fd) this.#mustOwn(argument);
  }

  #mustOwn(fd: Fd): void {
    if (fd.owner === this || (fd.owner instanceof GuestProcess && fd.owner.#table === this.#table)) return;
    throw new KconformError(
      `file descriptor ${fd.number} of process ${fd.owner.pid} was given to process ${this.pid}`,
      {
        code: 'KC_FOREIGN_FD',
        blame: 'case',
        hint: 'hand it over with receive(fd)',
      },
    );
  }

  /** stat(2). @throws KC_GUEST_FILE (case) with the errno */
  async statOrThrow(path: string): Promise<FileFacts> {
    const { facts, errno } = await this.stat(path);
    if (facts === null) throw fileError('stat', path, errno);
    return facts;
  }

  /** Reads a file as UTF-8. @throws KC_GUEST_FILE (case) with the errno */
  async readFile(path: string): Promise<string> {
    return (await this.readBytes(path)).toString('utf8');
  }

  /** Reads a file as bytes. @throws KC_GUEST_FILE (case) with the errno */
  async readBytes(path: string): Promise<Buffer> {
    const opened = await this.open(path);
    if (opened.errno !== null) throw fileError('open', path, opened.errno);
    await using fd = opened.fd;
    const parts: Buffer[] = [];
    for (;;) {
      const { errno, bytes } = await this.read(fd);
      if (errno !== null) throw fileError('read', path, errno);
      if (bytes.length === 0) return Buffer.concat(parts);
      parts.push(bytes);
    }
  }

  /**
   * Creates a file with the bytes (text as UTF-8), or replaces its content. Below /proc the file must exist.
   * @param options mode: the permissions, also of a file that exists; default: 0644 less the umask for a new file
   * @throws KC_GUEST_FILE (case) with the errno
   */
  async writeFile(path: string, data: string | Uint8Array, { mode }: { readonly mode?: number } = {}): Promise<void> {
    const opened = await this.open(path, path.startsWith('/proc/') ? 1 : O_WRONLY_CREATE_TRUNCATE, 0o644);
    if (opened.errno !== null) throw fileError('open', path, opened.errno);
    await using fd = opened.fd;
    const bytes = Buffer.from(data);
    let done = 0;
    do {
      // Files of the kernel take a value in one call; it is never so long.
      const part = bytes.subarray(done, done + WRITTEN_AT_ONCE);
      const { errno, value } = await this.write(fd, part);
      if (errno !== null || value !== part.length) throw fileError('write', path, errno);
      done += part.length;
    } while (done < bytes.length);
    if (mode === undefined) return;
    const { errno } = await this.syscall('fchmod', fd, mode);
    if (errno !== null) throw fileError('change the mode of', path, errno);
  }
}

/** See Transcript. */
export function variesBy(process: GuestProcess, what: string): void {
  transcripts.get(process)?.varies(what);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fileError(what: string, path: string, errno: string | null): KconformError {
  return new KconformError(`cannot ${what} ${path} in the guest: ${errno ?? 'cut off'}`, {
    code: 'KC_GUEST_FILE',
    blame: 'case',
  });
}
