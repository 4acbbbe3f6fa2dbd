import { asKconformError, KconformError } from '../../errors/error.ts';
import type { AgentConnection } from './connection.ts';
import { type Frame, isAnsweredByAgent, OP, STATUS } from './frames.ts';
import { type ProcessEnd, ProcessEnds } from './process-ends.ts';
import { Requests } from './requests.ts';

/** After this, a call is reported with the place in the kernel where it waits. */
const CALL_LIMIT_MS = 20_000;
/** What the agent itself may take to answer, behind the output of commands and on a busy host. */
const AGENT_LIMIT_MS = 10_000;
/** What a process may take to end of SIGKILL on a busy host. */
const DEATH_LIMIT_MS = 5_000;
/** The agent can report the end of a process just after it showed the process. */
const CROSSING_MS = 200;
/** What the diagnosis of a call may take: two looks at its place, SIGKILL, and the death. */
export const DIAGNOSIS_LIMIT_MS = 3 * AGENT_LIMIT_MS + DEATH_LIMIT_MS + CROSSING_MS;
const SIGKILL = 9;
/** The agent was stopped or is stuck itself; the guest's init finds out whose fault it is. */
const SILENT = { code: 'KC_AGENT_SILENT', blame: 'case' } as const;

/** The processes behind the agent: requests to them, signals, their ends, and why one does not answer. */
export class Processes {
  readonly #ends = new ProcessEnds();
  readonly #requests: Requests;
  /** A call is stuck in these, and SIGKILL did not end them: the caller has the error already. */
  readonly #unkillable = new Set<number>();

  constructor(connection: AgentConnection) {
    this.#requests = new Requests(connection, this.#ends, (...request) => this.#diagnose(...request));
  }

  receive(frame: Frame): void {
    if (frame.op !== STATUS.ended) this.#requests.answer(frame);
    else this.#requests.fail(this.#ends.add(frame.process, frame.payload.readInt32LE(0)), frame.process);
  }

  fail(error: KconformError): void {
    this.#requests.fail(error);
  }

  /** See AgentClient.request. */
  request(process: number, op: number, payload: Buffer, limitMs = CALL_LIMIT_MS): Promise<Buffer> {
    return this.#requests.make(process, op, payload, limitMs);
  }

  /** Requests that the agent answers by itself keep their own limits. @returns the error of a call that hangs in the kernel, if there is one */
  async expireCalls(): Promise<KconformError | undefined> {
    const errors = await this.#requests.expireAll();
    return errors.find(({ blame }) => blame === 'kernel');
  }

  async kill(process: number, signal: number): Promise<void> {
    const payload = Buffer.alloc(4);
    payload.writeInt32LE(signal);
    await this.request(process, OP.kill, payload, AGENT_LIMIT_MS);
  }

  ended(process: number, limitMs = CALL_LIMIT_MS): Promise<ProcessEnd> {
    return this.#ends.wait(process, limitMs);
  }

  async kernelStack(process: number): Promise<string> {
    return (await this.request(process, OP.stack, Buffer.alloc(0), AGENT_LIMIT_MS)).toString('latin1');
  }

  /** See AgentClient.end. A silent agent shows nothing of the process. */
  async end(process: number): Promise<void> {
    const killed = await this.kill(process, SIGKILL).then(
      () => true,
      () => false, // it has ended, or its guest has
    );
    if (!killed || this.#unkillable.has(process) || (await this.#dies(process, CALL_LIMIT_MS))) return;
    const output = await this.#place(process);
    if (await this.#dies(process, CROSSING_MS)) return;
    throw new KconformError(`a process in the guest did not end within ${CALL_LIMIT_MS / 1000} s of SIGKILL`, {
      code: 'KC_STUCK',
      blame: 'kernel',
      evidence: { awaited: 'end of a process', afterMs: CALL_LIMIT_MS, output },
    });
  }

  /**
   * A call that waits for something in the scenario itself can be killed; a call that hangs in the kernel cannot. Only a look that
   * the agent took after the limit shows that the process is still there: on a busy host the report of its end comes late.
   */
  async #diagnose(process: number, op: number, limitMs: number): Promise<KconformError> {
    const what = `a call in the guest did not return within ${limitMs / 1000} s`;
    const evidence = { awaited: 'return of a system call', afterMs: limitMs };
    if (isAnsweredByAgent(op)) return new KconformError("the guest's agent does not answer", { ...SILENT, evidence });
    let output = '';
    let ended: boolean;
    try {
      output = await this.#place(process);
      await unlessEnded(this.kill(process, SIGKILL));
      ended = await this.#dies(process, DEATH_LIMIT_MS);
      if (!ended) {
        output = await this.#place(process);
        ended = await this.#dies(process, CROSSING_MS);
      }
    } catch (error) {
      return asKconformError(error, 'harness', 'KC_AGENT');
    }
    if (ended) {
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

  /** Where a process stands in the kernel; empty where it has ended. @throws KC_AGENT_SILENT, KC_AGENT_CLOSED */
  async #place(process: number): Promise<string> {
    return (await unlessEnded(this.kernelStack(process))) ?? '';
  }

  #dies(process: number, limitMs: number): Promise<boolean> {
    return this.ended(process, limitMs).then(
      () => true,
      () => false,
    );
  }
}

/** The result of a request to a process; undefined where it has ended meanwhile. */
async function unlessEnded<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof KconformError && (error.code === 'KC_PROCESS_ENDED' || error.code === 'KC_AGENT'))
      return undefined;
    throw error;
  }
}
