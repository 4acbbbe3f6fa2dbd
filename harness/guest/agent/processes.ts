import { KconformError } from '../../errors/error.ts';
import type { AgentConnection } from './connection.ts';
import { type Frame, OP, STATUS } from './frames.ts';
import { type ProcessEnd, ProcessEnds } from './process-ends.ts';
import { Requests } from './requests.ts';

/** After this, a call is reported with the place in the kernel where it waits. */
const CALL_LIMIT_MS = 20_000;
const STACK_LIMIT_MS = 2_000;
const DEATH_LIMIT_MS = 5_000;
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

  /** @returns the error of a call that hangs in the kernel, if there is one */
  async expireCalls(): Promise<KconformError | undefined> {
    const errors = await this.#requests.expireAll();
    return errors.find(({ blame }) => blame === 'kernel');
  }

  async kill(process: number, signal: number): Promise<void> {
    const payload = Buffer.alloc(4);
    payload.writeInt32LE(signal);
    await this.request(process, OP.kill, payload);
  }

  ended(process: number, limitMs = CALL_LIMIT_MS): Promise<ProcessEnd> {
    return this.#ends.wait(process, limitMs);
  }

  async kernelStack(process: number): Promise<string> {
    return (await this.request(process, OP.stack, Buffer.alloc(0), STACK_LIMIT_MS)).toString('latin1');
  }

  /** See AgentClient.end. */
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

  /** A call that waits for something in the scenario itself can be killed; a call that hangs in the kernel cannot. */
  async #diagnose(process: number, op: number, limitMs: number): Promise<KconformError> {
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
}
