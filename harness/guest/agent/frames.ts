import { KconformError } from '../../errors/error.ts';

/** The agent's operations and answers (images/guest/agent.h). */
export const OP = { spawn: 1, program: 2, sendFd: 3, kill: 4, stack: 5, fork: 6, run: 7, input: 8, resize: 9 } as const;
export const STATUS = { ok: 0, error: 1, ended: 2, output: 3, errorOutput: 4, taken: 5 } as const;

/** True if the agent itself answers this operation. The process need not (images/guest/agent.c). */
export function isAnsweredByAgent(op: number): boolean {
  return op !== OP.program && op !== OP.sendFd && op !== OP.fork;
}

export interface Frame {
  readonly process: number;
  readonly sequence: number;
  /** An operation on the way there, a status on the way back. */
  readonly op: number;
  readonly payload: Buffer;
}

const HEADER = 9;
/** A larger payload is refused by the agent. */
export const PAYLOAD_LIMIT = 16 * 1024 * 1024;

export function encodeFrame({ process, sequence, op, payload }: Frame): Buffer {
  if (payload.length > PAYLOAD_LIMIT) {
    throw new KconformError(`a request of ${payload.length} bytes is larger than the agent takes (${PAYLOAD_LIMIT})`, {
      code: 'KC_AGENT_REQUEST',
      blame: 'case',
    });
  }
  const header = Buffer.alloc(4 + HEADER);
  header.writeUInt32LE(HEADER + payload.length, 0);
  header.writeUInt32LE(process, 4);
  header.writeUInt32LE(sequence, 8);
  header.writeUInt8(op, 12);
  return Buffer.concat([header, payload]);
}

/** Takes frames out of a stream of bytes that is cut anywhere. */
export class FrameReader {
  #parts: Buffer[] = [];
  #length = 0;
  #wanted = 4;

  /** @throws KC_AGENT_STREAM (harness) when the stream is no stream of frames */
  push(bytes: Buffer): Frame[] {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length < this.#wanted) return []; // a long frame is put together once, not for each of its parts
    let rest = Buffer.concat(this.#parts);
    const frames: Frame[] = [];
    for (;;) {
      this.#wanted = 4 + (rest.length < 4 ? 0 : lengthOf(rest));
      if (rest.length < 4 || rest.length < this.#wanted) break;
      const frame = rest.subarray(4, this.#wanted);
      frames.push({
        process: frame.readUInt32LE(0),
        sequence: frame.readUInt32LE(4),
        op: frame.readUInt8(8),
        payload: Buffer.from(frame.subarray(HEADER)),
      });
      rest = rest.subarray(this.#wanted);
    }
    this.#parts = [rest];
    this.#length = rest.length;
    return frames;
  }
}

function lengthOf(frame: Buffer): number {
  const length = frame.readUInt32LE(0);
  if (length >= HEADER && length <= HEADER + PAYLOAD_LIMIT) return length;
  throw new KconformError(`the agent sent a frame of impossible length (${length})`, {
    code: 'KC_AGENT_STREAM',
    blame: 'harness',
  });
}
