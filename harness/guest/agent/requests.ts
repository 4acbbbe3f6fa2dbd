import { KconformError } from '../../errors/error.ts';
import type { AgentConnection } from './connection.ts';
import { type Frame, isAnsweredByAgent, STATUS } from './frames.ts';
import type { ProcessEnds } from './process-ends.ts';

interface Waiting {
  readonly process: number;
  readonly op: number;
  resolve(payload: Buffer): void;
  reject(error: KconformError): void;
  /** Treats it as stuck before its limit; resolves with the error of the request. */
  expire(): Promise<KconformError>;
}

/** Finds out why a request was not answered within `afterMs`. */
export type Diagnose = (process: number, op: number, afterMs: number) => Promise<KconformError>;

/** Requests to the agent that wait for their answers. */
export class Requests {
  readonly #connection: AgentConnection;
  readonly #ends: ProcessEnds;
  readonly #diagnose: Diagnose;
  readonly #waiting = new Map<number, Waiting>();

  constructor(connection: AgentConnection, ends: ProcessEnds, diagnose: Diagnose) {
    this.#connection = connection;
    this.#ends = ends;
    this.#diagnose = diagnose;
  }

  /** @throws KC_AGENT (case) in the agent's words; KC_PROCESS_ENDED (case); KC_AGENT_CLOSED; what `diagnose` finds */
  async make(process: number, op: number, payload: Buffer, limitMs: number): Promise<Buffer> {
    const dead = this.#connection.closed ?? this.#ends.errorOf(process);
    if (dead !== undefined) throw dead;
    const sequence = this.#connection.newSequence();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const startedAt = performance.now();
        const expire = async (afterMs = Math.round((performance.now() - startedAt) / 100) * 100) => {
          clearTimeout(timer);
          this.#waiting.delete(sequence); // an answer is too late now
          const error = await this.#diagnose(process, op, afterMs);
          reject(error);
          return error;
        };
        timer = setTimeout(() => void expire(limitMs), limitMs);
        this.#waiting.set(sequence, { process, op, resolve, reject, expire });
        this.#connection.send({ process, sequence, op, payload });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(sequence);
    }
  }

  answer({ sequence, op, payload }: Frame): void {
    const waiting = this.#waiting.get(sequence);
    if (op === STATUS.ok) waiting?.resolve(payload);
    else waiting?.reject(refusal(payload.toString('utf8')));
  }

  /** Rejects those that wait for an answer of a process; all of them when none is given. */
  fail(error: KconformError, process?: number): void {
    for (const waiting of this.#waiting.values())
      if (process === undefined || waiting.process === process) waiting.reject(error);
  }

  /** Ends all requests to processes now, as if their limits had passed. */
  expireAll(): Promise<KconformError[]> {
    const ofProcesses = [...this.#waiting.values()].filter(({ op }) => !isAnsweredByAgent(op));
    return Promise.all(ofProcesses.map(({ expire }) => expire()));
  }
}

function refusal(message: string): KconformError {
  return new KconformError(`the guest's agent refused a request: ${message}`, { code: 'KC_AGENT', blame: 'case' });
}
