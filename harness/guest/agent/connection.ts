import type { Duplex } from 'node:stream';
import { KconformError } from '../../errors/error.ts';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';

/** Ids of a second client's processes and commands, and its sequence numbers, have this bit; see `share`. */
export const SECOND_CLIENT = 0x8000_0000;

/** What a client does with what comes over its connection. */
export interface ConnectionUser {
  receive(frame: Frame): void;
  closed(error: KconformError): void;
}

/** A stream of frames to the agent and back, which a second client can share. */
export class AgentConnection {
  readonly #stream: Duplex;
  readonly #user: ConnectionUser;
  readonly #reader = new FrameReader();
  #sequence = 1;
  #process = 1;
  #closed: KconformError | undefined;
  /** The second client's stream. */
  #shared: Duplex | undefined;

  /** @param base SECOND_CLIENT for a client that shares the agent with another, else 0 */
  constructor(stream: Duplex, base: number, user: ConnectionUser) {
    this.#sequence += base;
    this.#process += base;
    this.#stream = stream;
    this.#user = user;
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    stream.on('error', (cause) => this.#close(cause));
    stream.on('end', () => this.#close());
    stream.on('close', () => this.#close());
  }

  /** Why the connection is closed: KC_AGENT_CLOSED (case). */
  get closed(): KconformError | undefined {
    return this.#closed;
  }

  /** An id for a process or a command. */
  newId(): number {
    return this.#process++;
  }

  newSequence(): number {
    return this.#sequence++;
  }

  /** Does nothing once the connection is closed. */
  send(frame: Frame): void {
    if (this.#closed === undefined) this.#stream.write(encodeFrame(frame));
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
          pass(frame, this.#stream, stream);
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

  #receive(bytes: Buffer): void {
    try {
      for (const frame of this.#reader.push(bytes)) {
        const isShared = frame.process >= SECOND_CLIENT && this.#process < SECOND_CLIENT;
        if (!isShared) this.#user.receive(frame);
        else if (this.#shared !== undefined) pass(frame, this.#shared, this.#stream);
      }
    } catch (cause) {
      this.#stream.destroy(cause instanceof Error ? cause : undefined);
    }
  }

  #close(cause?: Error): void {
    this.#closed ??= new KconformError("the connection to the guest's agent was closed", {
      code: 'KC_AGENT_CLOSED',
      blame: 'case',
      cause,
    });
    this.#user.closed(this.#closed);
    this.#shared?.destroy();
  }
}

/** While one end takes no more, nothing is read from the other. */
function pass(frame: Frame, to: Duplex, from: Duplex): void {
  if (to.destroyed || to.write(encodeFrame(frame)) || from.isPaused()) return;
  from.pause();
  to.once('drain', () => from.resume());
}
