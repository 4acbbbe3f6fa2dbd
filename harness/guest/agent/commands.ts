import { Writable } from 'node:stream';
import type { ErrorCode } from '../../errors/codes.ts';
import { KconformError } from '../../errors/error.ts';
import { signalName } from './signals.ts';

/** The result of a shell command. */
export interface ExecResult {
  /** Standard output of the command. */
  readonly stdout: Buffer;
  /** Standard error of the command. */
  readonly stderr: Buffer;
  /** null if a signal ended the command. */
  readonly exitCode: number | null;
  /** The name of the signal that ended the command, such as SIGKILL; null if it exited. */
  readonly signal: string | null;
}

/** Options of `guest.exec`. */
export interface ExecOptions {
  /** Standard input of the command, text as UTF-8, followed by the end of file. Default: empty. */
  readonly stdin?: string | Buffer;
  /** Milliseconds until the command is killed, with KC_SHELL_TIMEOUT (case). Default: no limit but that of the scenario. */
  readonly limitMs?: number;
  /** Kills the command when the signal is aborted. */
  readonly signal?: AbortSignal;
  /** Receives standard output while the command runs; the result contains it too. */
  readonly onStdout?: (bytes: Buffer) => void;
  /** Receives standard error while the command runs; the result contains it too. */
  readonly onStderr?: (bytes: Buffer) => void;
}

/** The window of a terminal, in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** A program to be started in the guest, as root. */
export interface CommandStart {
  /** The path of the program, then its arguments. */
  readonly words: readonly string[];
  /** `NAME=value`; {@link ENVIRONMENT} when not given. */
  readonly environment?: readonly string[];
  /** Working directory; /root when not given. */
  readonly folder?: string;
  /** A terminal (pty) for the program; three pipes when not given. What it prints is all standard output then. */
  readonly terminal?: TerminalSize;
  /** Its standard input ends at once; `stdin` is of no use then. Saves a frame. */
  readonly noInput?: boolean;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
}

/** How a command in the guest ended: one of the two is null. */
export interface ExitStatus {
  readonly exitCode: number | null;
  /** `SIGKILL` */
  readonly signal: string | null;
}

/** What a login as root by SSH gives a command, without the addresses of the connection. */
export const ENVIRONMENT: readonly string[] = [
  'HOME=/root',
  'LOGNAME=root',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'SHELL=/bin/sh',
  'USER=root',
];

/** Input bytes that may be on their way to one command (images/guest/agent.h, INPUT_WINDOW). */
const INPUT_WINDOW = 64 * 1024;

/** How a command reaches the agent; see {@link RunningCommand}. */
export interface CommandLine {
  input(bytes: Buffer): void;
  signal(number: number): Promise<void>;
  resize(size: TerminalSize): void;
}

/** A program that runs in the guest. */
export class RunningCommand {
  /** As the guest's own pid namespace has it. */
  readonly pid: number;
  /** Standard input; its end is the command's end of file. What the program does not take any more is dropped. */
  readonly stdin: Writable;
  /** Fulfilled after all of its output; rejects with KC_AGENT_CLOSED when the connection ends first. */
  readonly ended: Promise<ExitStatus>;
  readonly #line: CommandLine;
  #onTheWay = 0;
  #waiting: { rest: Buffer; done: () => void } | undefined;
  #settle: { resolve(status: ExitStatus): void; reject(error: KconformError): void } | undefined;

  constructor(pid: number, line: CommandLine) {
    this.pid = pid;
    this.#line = line;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ended.catch(() => undefined); // who waits is told
    this.stdin = new Writable({
      write: (bytes: Buffer, _encoding, done) => {
        this.#waiting = { rest: bytes, done };
        this.#send();
      },
      final: (done) => {
        line.input(Buffer.alloc(0));
        done();
      },
    });
  }

  /** To its process group; kill(2). @throws KC_AGENT (case) when it has ended */
  kill(signal: number): Promise<void> {
    return this.#line.signal(signal);
  }

  resize(size: TerminalSize): void {
    this.#line.resize(size);
  }

  /** The program has taken so many bytes more of its input. */
  taken(count: number): void {
    this.#onTheWay -= count;
    this.#send();
  }

  end(status: number): void {
    const number = status & 0x7f;
    const exitCode = number === 0 ? (status >> 8) & 0xff : null;
    this.#settle?.resolve({ exitCode, signal: number === 0 ? null : signalName(number) });
    this.#giveUpInput();
  }

  fail(error: KconformError): void {
    this.#settle?.reject(error);
    this.#giveUpInput();
  }

  #send(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const part = waiting.rest.subarray(0, INPUT_WINDOW - this.#onTheWay);
    if (part.length > 0) {
      this.#onTheWay += part.length;
      this.#line.input(part);
    }
    waiting.rest = waiting.rest.subarray(part.length);
    if (waiting.rest.length > 0) return;
    this.#waiting = undefined;
    waiting.done();
  }

  #giveUpInput(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.done();
    this.stdin.destroy();
  }
}

/** Output of one command past this is cut off and the command fails: a scenario that prints more has run wild. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;
const SIGKILL = 9;

/** Runs a command line with /bin/sh to its end. @throws see {@link ExecOptions}, KC_OUTPUT_TOO_LARGE (case) */
export async function execute(
  start: (command: CommandStart) => Promise<RunningCommand>,
  command: string,
  { stdin = '', limitMs, signal, onStdout, onStderr }: ExecOptions,
): Promise<ExecResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let size = 0;
  let giveUp = (_error: KconformError) => {};
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  givenUp.catch(() => undefined); // the race below may be over
  const fail = (code: ErrorCode, message: string, blame: 'case' | 'host' = 'case') =>
    giveUp(new KconformError(message, { code, blame, evidence: { awaited: command } }));
  const keep = (parts: Buffer[], also: ((bytes: Buffer) => void) | undefined) => (bytes: Buffer) => {
    if (size > OUTPUT_LIMIT) return;
    size += bytes.length;
    if (size > OUTPUT_LIMIT) {
      fail('KC_OUTPUT_TOO_LARGE', `the command printed more than ${OUTPUT_LIMIT >> 20} MiB: ${command}`);
      return;
    }
    parts.push(bytes);
    also?.(bytes);
  };
  const timer =
    limitMs === undefined
      ? undefined
      : setTimeout(() => fail('KC_SHELL_TIMEOUT', `the command took longer than ${limitMs} ms: ${command}`), limitMs);
  const abort = () => fail('KC_INTERRUPTED', `interrupted: ${command}`, 'host');
  signal?.addEventListener('abort', abort, { once: true });
  const starting = start({
    words: ['/bin/sh', '-c', command],
    noInput: stdin.length === 0,
    onStdout: keep(stdout, onStdout),
    onStderr: keep(stderr, onStderr),
  });
  try {
    const running = await Promise.race([starting, givenUp]);
    if (stdin.length > 0) running.stdin.end(stdin);
    const status = await Promise.race([running.ended, givenUp]);
    return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), ...status };
  } catch (error) {
    // What is given up is not left running. It may have ended meanwhile.
    starting.then((running) => running.kill(SIGKILL)).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
