import type { Duplex } from 'node:stream';
import type { KconformError } from '../../errors/error.ts';
import { type CommandStart, type ExecOptions, type ExecResult, execute, type RunningCommand } from './commands.ts';
import { AgentConnection } from './connection.ts';
import { OP } from './frames.ts';
import type { ProcessEnd } from './process-ends.ts';
import { Processes } from './processes.ts';
import { RunningCommands } from './running-commands.ts';

/** Our end of the agent's connection: processes that make system calls, and commands. */
export class AgentClient {
  readonly #connection: AgentConnection;
  readonly #processes: Processes;
  readonly #commands: RunningCommands;

  /** @param base SECOND_CLIENT for one that shares the agent with another */
  constructor(stream: Duplex, base = 0) {
    this.#connection = new AgentConnection(stream, base, {
      receive: (frame) => {
        if (!this.#commands.receive(frame)) this.#processes.receive(frame);
      },
      closed: (error) => {
        this.#processes.fail(error);
        this.#commands.fail(error);
      },
    });
    this.#processes = new Processes(this.#connection);
    this.#commands = new RunningCommands(this.#connection, this.#processes);
  }

  /** Lets a second client use this agent; see AgentConnection. */
  share(stream: Duplex): void {
    this.#connection.share(stream);
  }

  /** Starts a process as a child of the agent, root in the guest's own namespaces. @returns its id and its pid */
  async spawn(): Promise<{ id: number; pid: number }> {
    const id = this.#connection.newId();
    const answer = await this.request(id, OP.spawn, Buffer.alloc(0));
    return { id, pid: answer.readInt32LE(0) };
  }

  /** Makes a process fork. @returns the child's id, and its pid as the guest's own pid namespace has it */
  async fork(parent: number, flags: number): Promise<{ id: number; pid: number }> {
    const id = this.#connection.newId();
    const payload = Buffer.alloc(8);
    payload.writeUInt32LE(id);
    payload.writeUInt32LE(flags >>> 0, 4);
    const answer = await this.request(parent, OP.fork, payload);
    return { id, pid: answer.readInt32LE(0) };
  }

  /** @returns the number of the descriptor in the receiving process */
  async sendFd(from: number, fd: number, to: number): Promise<number> {
    const payload = Buffer.alloc(8);
    payload.writeInt32LE(fd, 0);
    payload.writeUInt32LE(to, 4);
    return (await this.request(from, OP.sendFd, payload)).readInt32LE(0);
  }

  /**
   * @param limitMs 20 s when not given
   * @throws KC_AGENT (case) in the agent's words; KC_STUCK with the kernel's stack, blamed on the kernel
   * where not even SIGKILL ends the process, else on the case; KC_PROCESS_ENDED (case)
   */
  request(process: number, op: number, payload: Buffer, limitMs?: number): Promise<Buffer> {
    return this.#processes.request(process, op, payload, limitMs);
  }

  /**
   * Starts a program. Where 200 run, it waits for the end of one.
   * @throws KC_AGENT (case) where the guest cannot; KC_AGENT_CLOSED
   */
  start(start: CommandStart): Promise<RunningCommand> {
    return this.#commands.start(start);
  }

  /** Runs a command line with the guest's shell to its end. @throws KC_AGENT_CLOSED, KC_OUTPUT_TOO_LARGE (case); see ExecOptions */
  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return execute((start) => this.start(start), command, options);
  }

  /**
   * Ends all calls of a scenario whose time is over, before their own limits.
   * @returns the error of a call that hangs in the kernel, if there is one
   */
  expireCalls(): Promise<KconformError | undefined> {
    return this.#processes.expireCalls();
  }

  /** Sends a signal. @throws KC_AGENT (case) if the kernel rejects it */
  kill(process: number, signal: number): Promise<void> {
    return this.#processes.kill(process, signal);
  }

  /** Resolves when the process ends. @param limitMs 20 s when not given @throws KC_PROCESS_TIMEOUT (case) */
  ended(process: number, limitMs?: number): Promise<ProcessEnd> {
    return this.#processes.ended(process, limitMs);
  }

  /**
   * Kills a process, if it still lives, and waits for its end; does not wait for one that is known to be stuck.
   * @throws KC_STUCK (kernel) with the kernel's stack where not even SIGKILL ends it; KC_AGENT_SILENT (case)
   */
  end(process: number): Promise<void> {
    return this.#processes.end(process);
  }

  /** Where in the kernel each thread of a process stands: /proc/PID/task/TID/stack where the kernel shows it, and wchan. */
  kernelStack(process: number): Promise<string> {
    return this.#processes.kernelStack(process);
  }
}
