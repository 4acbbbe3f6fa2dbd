import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { KconformError } from '../errors/error.ts';
import { type Expiry, startLimit } from '../guest/limits/limit.ts';
import { ProcessPause } from '../guest/limits/process-pause.ts';
import { copyOfHarness } from './copy.ts';
import { type Answer, decodeError, type Event, type Numbered, type Request } from './messages.ts';

/** Of an author's process: data segments with heap, buffers and stacks (RLIMIT_DATA of setrlimit(2)), and node's own heap. */
const MEMORY_MIB = 1_024;
const HEAP_MIB = 256;
/** For what a process that has ended said last. */
const LAST_WORDS_MS = 500;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) kill(child);
});

type Content<T extends Answer['type']> = Extract<Answer, { readonly type: T }>;

/**
 * A process for files of authors, with its own globals, working directory and memory limit. It can always be killed; what kills
 * it kills nothing else. It dies with us, even when we are killed with SIGKILL (PR_SET_PDEATHSIG of prctl(2)).
 */
export class AuthorProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Rejected when it ends, however it does. */
  readonly #ended: Promise<never>;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #number = 0;
  /** Takes what it says unasked. */
  onEvent: (event: Event) => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((_, reject) => {
      child.once('error', (cause) => reject(notStarted(cause)));
      child.on('message', (message: Numbered<Answer> | Event) => {
        if ('number' in message) this.#answers.get(message.number)?.(message.content);
        else if (message.type === 'ending') reject(decodeError(message.error));
        else this.onEvent(message);
      });
      child.once('exit', (code, signal) => {
        kill(child); // what it has started
        running.delete(child);
        // What it said last may not have been read yet.
        const read = child.connected
          ? once(child, 'disconnect', { signal: AbortSignal.timeout(LAST_WORDS_MS) })
          : undefined;
        Promise.resolve(read)
          .catch(() => undefined)
          .finally(() => setImmediate(() => reject(endedBy(code, signal))));
      });
    });
    this.#ended.catch(() => undefined);
  }

  /** @throws KC_AUTHOR_PROCESS (host), with the first request, where none can be started */
  static async start(): Promise<AuthorProcess> {
    const entry = fileURLToPath(new URL('child.js', await copyOfHarness()));
    const limits = ['prlimit', `--data=${MEMORY_MIB * 2 ** 20}`, '--'];
    const node = [process.execPath, `--max-old-space-size=${HEAP_MIB}`, entry];
    const { NODE_OPTIONS: _, ...env } = process.env; // what is to be loaded into us is not for it
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...limits, ...node], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
      serialization: 'advanced',
      detached: true, // a session of its own: Ctrl-C reaches us alone, and its children can be killed with it
      env,
    });
    running.add(child);
    return new AuthorProcess(child);
  }

  /** Its end of the agent's stream. */
  get stream(): Duplex {
    const stream: unknown = this.#child.stdio[4];
    if (stream instanceof Duplex) return stream;
    throw notStarted(new Error('it has no descriptors'));
  }

  /**
   * Sends a request and awaits its answer; `type` is the type of the latter.
   * @param awaited what is awaited, as a noun phrase
   * @param limitMs undefined where the caller has one
   * @throws the error that the process reports; KC_AUTHOR_TIMEOUT, KC_AUTHOR_EXIT (case), KC_AUTHOR_KILLED (host)
   */
  async ask<T extends Answer['type']>(
    request: Request,
    type: T,
    awaited: string,
    limitMs?: number,
  ): Promise<Content<T>> {
    const number = ++this.#number;
    const answered = new Promise<Answer>((resolve) => this.#answers.set(number, resolve));
    const limit = this.#limit(awaited, limitMs);
    try {
      this.#child.send({ number, content: request }, () => undefined); // where it cannot be sent the process has ended
      const answer = await Promise.race([answered, this.#ended, limit.expired]);
      if (answer.type === 'failed') throw decodeError(answer.error);
      if (isOfType(answer, type)) return answer;
      throw new TypeError(`${request.type} was answered with ${answer.type}`);
    } finally {
      this.#answers.delete(number);
      limit.stop();
    }
  }

  /** Time in which we did not run, or the process was stopped or got no CPU, does not count. */
  #limit(awaited: string, limitMs = Number.POSITIVE_INFINITY): { readonly expired: Promise<never>; stop(): void } {
    const pid = this.#child.pid ?? 0;
    const pause = new ProcessPause(pid);
    let stop = () => {};
    const expired = new Promise<never>((_, reject) => {
      stop = startLimit(limitMs, { pid, pause }, (expiry) => reject(expiredError(awaited, limitMs, expiry)));
    });
    expired.catch(() => undefined); // the race may be over
    return {
      expired,
      stop: () => {
        stop();
        pause.stop();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#child);
    await this.#ended.catch(() => undefined);
  }
}

function isOfType<T extends Answer['type']>(answer: Answer, type: T): answer is Content<T> {
  return answer.type === type;
}

/** With all that it has started, unless it is known to have ended. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || !running.has(child)) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** Exit codes of setpriv and prlimit where they cannot start a program. */
const NOT_STARTED = [126, 127];

function endedBy(code: number | null, signal: NodeJS.Signals | null): KconformError {
  if (code !== null && NOT_STARTED.includes(code)) return notStarted(new Error(`exit code ${code}`));
  const outside = signal === 'SIGKILL' || signal === 'SIGTERM';
  const how = signal === null ? `exit code ${code}` : signal;
  return new KconformError(`the process of an author's file ended (${how})`, {
    code: outside ? 'KC_AUTHOR_KILLED' : 'KC_AUTHOR_EXIT',
    blame: outside ? 'host' : 'case',
    hint: outside
      ? 'see the log of the host for what killed it (dmesg: out of memory?)'
      : `it ran out of memory (${HEAP_MIB} MiB of objects), or ended itself`,
  });
}

function notStarted(cause: Error): KconformError {
  return new KconformError(`no process for an author's file can be started: ${cause.message}`, {
    code: 'KC_AUTHOR_PROCESS',
    blame: 'host',
    hint: 'setpriv and prlimit are needed (apt-get install util-linux)',
    cause,
  });
}

function expiredError(awaited: string, limitMs: number, { kind, afterMs }: Expiry): KconformError {
  const what = `no ${awaited} within ${limitMs / 1000} s`;
  const evidence = { awaited, afterMs };
  if (kind === 'silent') {
    const hint = 'is there an endless loop, or a top-level await that never completes?';
    return new KconformError(what, { code: 'KC_AUTHOR_TIMEOUT', blame: 'case', hint, evidence });
  }
  const why = kind === 'stopped' ? 'its process was stopped' : 'its process got no CPU';
  const hint = 'run fewer guests at once (--jobs 1), or when the host is less busy';
  return new KconformError(`${what}: ${why}`, { code: 'KC_HOST_BUSY', blame: 'host', hint, evidence });
}
