import type { Duplex } from 'node:stream';
import { KconformError } from '../../errors/error.ts';
import { encodeSize, encodeStart } from './command-payload.ts';
import { type CommandStart, type ExecOptions, type ExecResult, execute, RunningCommand } from './commands.ts';
import { encodeFrame, type Frame, FrameReader, OP, STATUS } from './frames.ts';
import { Places } from './places.ts';

/** How a process ended: an exit code or the number of a signal; neither when nobody could tell. */
export interface ProcessEnd {
  /** What it gave exit(2), in the lower 8 bits. */
  readonly exitCode: number | null;
  /** See SIG. */
  readonly signal: number | null;
}

/** Ids of a second client's processes and commands, and its sequence numbers, have this bit; see `share`. */
export const SECOND_CLIENT = 0x8000_0000;

/** The agent has room for 256; further ones wait here. */
const COMMANDS_AT_ONCE = 200;

/** Of a command that is asked for, or runs. */
interface CommandState {
  readonly start: CommandStart;
  running: RunningCommand | undefined;
}

interface Waiting {
  readonly process: number;
  resolve(payload: Buffer): void;
  reject(error: KconformError): void;
  /** Takes it for stuck before its limit; what it is told. */
  expire(): Promise<KconformError>;
}

/** A call that takes longer is reported with the place in the kernel where it stands. */
const CALL_LIMIT_MS = 20_000;
/** A start waits behind what the agent has been asked for before. */
const START_LIMIT_MS = 60_000;
const STACK_LIMIT_MS = 2_000;
const DEATH_LIMIT_MS = 5_000;
const SIGKILL = 9;
/** The agent was stopped or is stuck itself: who is to blame, the guest's init tells. */
const SILENT = { code: 'KC_AGENT_SILENT', blame: 'case' } as const;

/** Our end of the agent's connection: requests to its processes and their answers. */
export class AgentClient {
  readonly #stream: Duplex;
  readonly #reader = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = new Map<number, { readonly end: ProcessEnd; readonly error: KconformError }>();
  readonly #awaitingEnd = new Map<number, (end: ProcessEnd) => void>();
  readonly #commands = new Map<number, CommandState>();
  readonly #places = new Places(COMMANDS_AT_ONCE);
  /** Those that a call is stuck in, and that SIGKILL did not end: whoever made the call was told. */
  readonly #unkillable = new Set<number>();
  #sequence = 1;
  #nextProcess = 1;
  #closed: KconformError | undefined;

  /** The second client's stream. */
  #shared: Duplex | undefined;

  /** @param base SECOND_CLIENT for one that shares the agent with another */
  constructor(stream: Duplex, base = 0) {
    this.#sequence += base;
    this.#nextProcess += base;
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    stream.on('error', (cause) => this.#close(cause));
    stream.on('end', () => this.#close());
    stream.on('close', () => this.#close());
  }

  /**
   * Lets a second client use this agent: its frames pass this one's stream. It numbers its processes and requests from
   * SECOND_CLIENT on; with any other number, or bytes that are no frames, its stream is destroyed. It also ends with this client.
   */
  share(stream: Duplex): void {
    const reader = new FrameReader();
    this.#shared = stream;
    stream.on('data', (bytes: Buffer) => {
      try {
        for (const frame of reader.push(bytes)) {
          if (frame.process < SECOND_CLIENT) throw new TypeError(`process ${frame.process} is not the second client's`);
          this.#pass(frame, this.#stream, stream);
        }
      } catch {
        stream.destroy();
      }
    });
    stream.on('error', () => undefined); // it closes
    stream.on('close', () => {
      if (this.#shared === stream) this.#shared = undefined;
      this.#stream.resume();
    });
    if (this.#closed !== undefined) stream.destroy();
  }

  /** While one end takes no more, nothing is read of the other. */
  #pass(frame: Frame, to: Duplex, from: Duplex): void {
    if (to.destroyed || to.write(encodeFrame(frame)) || from.isPaused()) return;
    from.pause();
    to.once('drain', () => from.resume());
  }

  /** Starts a process as a child of the agent, root in the guest's own namespaces. @returns its id and its pid */
  async spawn(): Promise<{ id: number; pid: number }> {
    const id = this.#nextProcess++;
    const answer = await this.request(id, OP.spawn, Buffer.alloc(0));
    return { id, pid: answer.readInt32LE(0) };
  }

  /** Has a process fork. @returns the child's id, and its pid as the guest's own pid namespace has it */
  async fork(parent: number, flags: number): Promise<{ id: number; pid: number }> {
    const id = this.#nextProcess++;
    const payload = Buffer.alloc(8);
    payload.writeUInt32LE(id);
    payload.writeUInt32LE(flags >>> 0, 4);
    const answer = await this.request(parent, OP.fork, payload);
    return { id, pid: answer.readInt32LE(0) };
  }

  /** @returns the number that the descriptor got in the receiving process */
  async sendFd(from: number, fd: number, to: number): Promise<number> {
    const payload = Buffer.alloc(8);
    payload.writeInt32LE(fd, 0);
    payload.writeUInt32LE(to, 4);
    return (await this.request(from, OP.sendFd, payload)).readInt32LE(0);
  }

  /**
   * @throws KC_AGENT (case) in the agent's words; KC_STUCK with the kernel's stack, blamed on the kernel
   * where not even SIGKILL ends the process, else on the case; KC_PROCESS_ENDED (case)
   */
  async request(process: number, op: number, payload: Buffer, limitMs = CALL_LIMIT_MS): Promise<Buffer> {
    const dead = this.#closed ?? this.#ended.get(process)?.error;
    if (dead !== undefined) throw dead;
    const sequence = this.#sequence++;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const startedAt = performance.now();
        const expire = async (afterMs = Math.round((performance.now() - startedAt) / 100) * 100) => {
          clearTimeout(timer);
          this.#waiting.delete(sequence); // what comes now comes too late
          const error = await this.#stuck(process, op, afterMs);
          reject(error);
          return error;
        };
        timer = setTimeout(() => void expire(limitMs), limitMs);
        this.#waiting.set(sequence, { process, resolve, reject, expire });
        this.#stream.write(encodeFrame({ process, sequence, op, payload }));
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(sequence);
    }
  }

  /**
   * Starts a program. Where 200 run, it waits for the end of one.
   * @throws KC_AGENT (case) where the guest cannot; KC_AGENT_CLOSED
   */
  async start(start: CommandStart): Promise<RunningCommand> {
    await this.#places.take();
    const id = this.#nextProcess++;
    const state: CommandState = { start, running: undefined };
    this.#commands.set(id, state);
    try {
      const answer = await this.request(id, OP.run, encodeStart(start), START_LIMIT_MS);
      return this.#running(id, state, answer);
    } catch (error) {
      this.#forget(id);
      throw error;
    }
  }

  /** Runs a command line with the guest's shell to its end. @throws KC_AGENT_CLOSED, KC_OUTPUT_TOO_LARGE (case); see ExecOptions */
  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return execute((start) => this.start(start), command, options);
  }

  #running(id: number, state: CommandState, answer: Buffer): RunningCommand {
    state.running ??= new RunningCommand(answer.readInt32LE(0), {
      input: (bytes) => this.#send(id, OP.input, bytes),
      signal: (number) => this.kill(id, number),
      resize: ({ rows, columns }) => this.#send(id, OP.resize, encodeSize(rows, columns)),
    });
    return state.running;
  }

  #send(process: number, op: number, payload: Buffer): void {
    if (this.#closed === undefined) this.#stream.write(encodeFrame({ process, sequence: 0, op, payload }));
  }

  #forget(id: number): void {
    if (this.#commands.delete(id)) this.#places.give();
  }

  /**
   * For a scenario whose time is over: no call may go on until its own limit.
   * @returns what is said of a call that hangs in the kernel, where one does
   */
  async expireCalls(): Promise<KconformError | undefined> {
    const errors = await Promise.all([...this.#waiting.values()].map(({ expire }) => expire()));
    return errors.find(({ blame }) => blame === 'kernel');
  }

  /** A call that waits for something of the scenario's own can be killed; one that hangs in the kernel cannot. */
  async #stuck(process: number, op: number, limitMs: number): Promise<KconformError> {
    const what = `a call in the guest did not return within ${limitMs / 1000} s`;
    const evidence = { awaited: 'return of a system call', afterMs: limitMs };
    if (op === OP.stack) return new KconformError("the guest's agent does not answer", { ...SILENT, evidence });
    let output = '';
    try {
      output = await this.kernelStack(process);
    } catch (error) {
      if (error instanceof KconformError && error.code === SILENT.code) return error;
    }
    await this.kill(process, SIGKILL).catch(() => undefined);
    if (await this.#dies(process, DEATH_LIMIT_MS)) {
      return new KconformError(`${what}; killed, the process ended`, {
        code: 'KC_STUCK',
        blame: 'case',
        hint: 'a call that may wait takes a limit: batch(calls, { limitMs })',
        evidence: { ...evidence, output },
      });
    }
    this.#unkillable.add(process);
    return new KconformError(`${what}; not even SIGKILL ends the process`, {
      code: 'KC_STUCK',
      blame: 'kernel',
      evidence: { ...evidence, output },
    });
  }

  #dies(process: number, limitMs: number): Promise<boolean> {
    return this.ended(process, limitMs).then(
      () => true,
      () => false,
    );
  }

  /**
   * Kills a process, if it still lives, and waits for its end; not for that of one which is known to be stuck.
   * @throws KC_STUCK (kernel) with the kernel's stack where not even SIGKILL ends it
   */
  async end(process: number): Promise<void> {
    const killed = await this.kill(process, SIGKILL).then(
      () => true,
      () => false, // it has ended, or its guest has
    );
    if (!killed || this.#unkillable.has(process) || (await this.#dies(process, CALL_LIMIT_MS))) return;
    throw new KconformError(`a process in the guest did not end within ${CALL_LIMIT_MS / 1000} s of SIGKILL`, {
      code: 'KC_STUCK',
      blame: 'kernel',
      evidence: {
        awaited: 'end of a process',
        afterMs: CALL_LIMIT_MS,
        output: await this.kernelStack(process).catch(() => ''),
      },
    });
  }

  #receive(bytes: Buffer): void {
    try {
      for (const frame of this.#reader.push(bytes)) {
        if (frame.process >= SECOND_CLIENT && this.#nextProcess < SECOND_CLIENT) {
          if (this.#shared !== undefined) this.#pass(frame, this.#shared, this.#stream);
          continue;
        }
        const command = this.#commands.get(frame.process);
        if (command !== undefined && this.#ofCommand(frame, command)) continue;
        if (frame.op === STATUS.ended) {
          this.#processEnded(frame.process, frame.payload.readInt32LE(0));
          continue;
        }
        const waiting = this.#waiting.get(frame.sequence);
        if (frame.op === STATUS.ok) waiting?.resolve(frame.payload);
        else waiting?.reject(agentError(frame.payload.toString('utf8')));
      }
    } catch (cause) {
      this.#stream.destroy(cause instanceof Error ? cause : undefined);
    }
  }

  /**
   * A command's whole life can come in one piece with the answer to its start, before whoever awaits that answer goes on.
   * @returns false for an answer to a request
   */
  #ofCommand({ process, op, payload }: Frame, state: CommandState): boolean {
    const { start, running } = state;
    if (op === STATUS.ok && running === undefined) this.#running(process, state, payload);
    if (op === STATUS.output) start.onStdout(payload);
    else if (op === STATUS.errorOutput) start.onStderr(payload);
    else if (op === STATUS.taken) running?.taken(payload.readUInt32LE(0));
    else if (op === STATUS.ended) {
      this.#forget(process);
      running?.end(payload.readInt32LE(0));
    } else return false;
    return true;
  }

  /** Sends a signal. @throws KC_AGENT (case) for one that the kernel refuses */
  async kill(process: number, signal: number): Promise<void> {
    const payload = Buffer.alloc(4);
    payload.writeInt32LE(signal);
    await this.request(process, OP.kill, payload);
  }

  /** Resolves when the process ends; `limitMs` limits the wait. @throws KC_PROCESS_LIVES (case) */
  async ended(process: number, limitMs = CALL_LIMIT_MS): Promise<ProcessEnd> {
    const known = this.#ended.get(process);
    if (known !== undefined) return known.end;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ProcessEnd>((resolve, reject) => {
        this.#awaitingEnd.set(process, resolve);
        const error = new KconformError(`a process in the guest did not end within ${limitMs / 1000} s`, {
          code: 'KC_PROCESS_LIVES',
          blame: 'case',
          evidence: { awaited: 'end of a process', afterMs: limitMs },
        });
        timer = setTimeout(() => reject(error), limitMs);
      });
    } finally {
      clearTimeout(timer);
      this.#awaitingEnd.delete(process);
    }
  }

  /** Where in the kernel each thread of a process stands: /proc/PID/task/TID/stack where the kernel shows it, and wchan. */
  async kernelStack(process: number): Promise<string> {
    return (await this.request(process, OP.stack, Buffer.alloc(0), STACK_LIMIT_MS)).toString('latin1');
  }

  #processEnded(process: number, status: number): void {
    const signal = status & 0x7f;
    const known = status >= 0;
    const end = {
      exitCode: known && signal === 0 ? (status >> 8) & 0xff : null,
      signal: known && signal !== 0 ? signal : null,
    };
    const how =
      end.exitCode !== null ? ` with exit code ${end.exitCode}` : end.signal !== null ? ` by signal ${signal}` : '';
    const error = new KconformError(`a process of the scenario ended${how}`, {
      code: 'KC_PROCESS_ENDED',
      blame: 'case',
    });
    this.#ended.set(process, { end, error });
    this.#awaitingEnd.get(process)?.(end);
    for (const waiting of this.#waiting.values()) if (waiting.process === process) waiting.reject(error);
  }

  #close(cause?: Error): void {
    this.#closed ??= new KconformError("the connection to the guest's agent was closed", {
      code: 'KC_AGENT_CLOSED',
      blame: 'case',
      cause,
    });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#closed);
    for (const { running } of this.#commands.values()) running?.fail(this.#closed);
    this.#commands.clear();
    this.#shared?.destroy();
  }
}

function agentError(message: string): KconformError {
  return new KconformError(`the guest's agent refused a request: ${message}`, { code: 'KC_AGENT', blame: 'case' });
}
