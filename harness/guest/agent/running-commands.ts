import type { KconformError } from '../../errors/error.ts';
import { encodeSize, encodeStart } from './command-payload.ts';
import { type CommandStart, RunningCommand } from './commands.ts';
import type { AgentConnection } from './connection.ts';
import { type Frame, OP, STATUS } from './frames.ts';
import { Places } from './places.ts';
import type { Processes } from './processes.ts';

/** The agent has room for 256; further ones wait here. */
const COMMANDS_AT_ONCE = 200;
/** A start waits behind earlier requests to the agent. */
const START_LIMIT_MS = 60_000;

/** Of a command that is requested, or runs. */
interface CommandState {
  readonly start: CommandStart;
  running: RunningCommand | undefined;
}

/** The commands of a client. */
export class RunningCommands {
  readonly #connection: AgentConnection;
  readonly #processes: Processes;
  readonly #commands = new Map<number, CommandState>();
  readonly #places = new Places(COMMANDS_AT_ONCE);

  constructor(connection: AgentConnection, processes: Processes) {
    this.#connection = connection;
    this.#processes = processes;
  }

  /** @throws KC_AGENT (case) where the guest cannot; KC_AGENT_CLOSED */
  async start(start: CommandStart): Promise<RunningCommand> {
    await this.#places.take();
    const id = this.#connection.newId();
    const state: CommandState = { start, running: undefined };
    this.#commands.set(id, state);
    try {
      const answer = await this.#processes.request(id, OP.run, encodeStart(start), START_LIMIT_MS);
      return this.#running(id, state, answer);
    } catch (error) {
      this.#forget(id);
      throw error;
    }
  }

  /**
   * A command's output and end can arrive together with the answer to its start, before whoever awaits that answer goes on.
   * @returns false for a frame that is an answer to a request, or of no command
   */
  receive({ process, op, payload }: Frame): boolean {
    const state = this.#commands.get(process);
    if (state === undefined) return false;
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

  fail(error: KconformError): void {
    for (const { running } of this.#commands.values()) running?.fail(error);
    this.#commands.clear();
  }

  #running(id: number, state: CommandState, answer: Buffer): RunningCommand {
    const send = (op: number, payload: Buffer) => this.#connection.send({ process: id, sequence: 0, op, payload });
    state.running ??= new RunningCommand(answer.readInt32LE(0), {
      input: (bytes) => send(OP.input, bytes),
      signal: (number) => this.#processes.kill(id, number),
      resize: ({ rows, columns }) => send(OP.resize, encodeSize(rows, columns)),
    });
    return state.running;
  }

  #forget(id: number): void {
    if (this.#commands.delete(id)) this.#places.give();
  }
}
