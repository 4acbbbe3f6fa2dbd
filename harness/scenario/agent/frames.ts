import { KconformError } from '../../errors.ts';

/** The agent's operations and answers (images/guest/agent.c). */
export const OP = { spawn: 1, program: 2, sendFd: 3, kill: 4, stack: 5, fork: 6 } as const;
export const STATUS = { ok: 0, error: 1, ended: 2 } as const;

export interface Frame {
  readonly process: number;
  readonly sequence: number;
  /** An operation on the way there, a status on the way back. */
  readonly op: number;
  readonly payload: Buffer;
}

const HEADER = 9;
/** A larger payload is refused by the agent. */
export const PAYLOAD_LIMIT = 256 * 1024;

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
  #rest = Buffer.alloc(0);

  /** @throws KC_AGENT_STREAM (harness) when the stream is no stream of frames */
  push(bytes: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    while (this.#rest.length >= 4) {
      const length = this.#rest.readUInt32LE(0);
      if (length < HEADER || length > HEADER + PAYLOAD_LIMIT) {
        throw new KconformError(`the agent sent a frame of impossible length (${length})`, {
          code: 'KC_AGENT_STREAM',
          blame: 'harness',
        });
      }
      if (this.#rest.length < 4 + length) break;
      const frame = this.#rest.subarray(4, 4 + length);
      frames.push({
        process: frame.readUInt32LE(0),
        sequence: frame.readUInt32LE(4),
        op: frame.readUInt8(8),
        payload: Buffer.from(frame.subarray(HEADER)),
      });
      this.#rest = this.#rest.subarray(4 + length);
    }
    return frames;
  }
}
