import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KconformError } from '../errors.ts';
import { copyOfHarness } from './copy.ts';
import { type Answer, decodeError, type Request } from './messages.ts';

/** Of an author's process: data segments with heap, buffers and stacks (RLIMIT_DATA of setrlimit(2)), and node's own heap. */
const MEMORY_MIB = 1_024;
const HEAP_MIB = 256;
/** For an answer that came while this process did not run (SIGSTOP, a frozen host) and was not read yet. */
const LATE_MS = 500;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) kill(child);
});

/**
 * A process for files of authors, with its own globals, working directory and memory limit. It can be killed whatever it does;
 * what kills it kills nothing else. It dies with us, even when we are killed with SIGKILL (PR_SET_PDEATHSIG of prctl(2)).
 */
export class AuthorProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Rejected when it ends, however it does. */
  readonly #ended: Promise<never>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((_, reject) => {
      child.once('error', (cause) => reject(notStarted(cause)));
      child.once('exit', (code, signal) => {
        running.delete(child);
        // What it said last may not have been read yet.
        const read = child.connected ? once(child, 'disconnect', { signal: AbortSignal.timeout(LATE_MS) }) : undefined;
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
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
      detached: true, // a session of its own: Ctrl-C reaches us alone, and its children can be killed with it
      env,
    });
    running.add(child);
    return new AuthorProcess(child);
  }

  /**
   * @param awaited what is awaited, as a noun phrase
   * @throws KC_AUTHOR_TIMEOUT (case), KC_AUTHOR_EXIT (case), KC_AUTHOR_KILLED (host); after each of them it has ended
   */
  async ask(request: Request, awaited: string, limitMs: number): Promise<Exclude<Answer, { type: 'ending' }>> {
    const giveUp = new AbortController();
    const answered = once(this.#child, 'message', { signal: giveUp.signal });
    const late = sleep(limitMs, undefined, { signal: giveUp.signal }).then(() => sleep(LATE_MS));
    try {
      this.#child.send(request, () => undefined); // where it cannot be sent the process has ended
      const first = await Promise.race([answered, late, this.#ended]);
      if (first === undefined) throw tooSlow(awaited, limitMs);
      const [answer]: Answer[] = first;
      if (answer === undefined) throw new TypeError('a message of a process is empty');
      if (answer.type === 'ending') throw decodeError(answer.error);
      return answer;
    } catch (error) {
      kill(this.#child);
      throw error;
    } finally {
      giveUp.abort();
      late.catch(() => undefined);
      answered.catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#child);
    await this.#ended.catch(() => undefined);
  }
}

/** With all that it has started. */
function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

function endedBy(code: number | null, signal: NodeJS.Signals | null): KconformError {
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

function tooSlow(awaited: string, limitMs: number): KconformError {
  return new KconformError(`no ${awaited} within ${limitMs / 1000} s`, {
    code: 'KC_AUTHOR_TIMEOUT',
    blame: 'case',
    hint: 'an endless loop, or a top-level await of what never comes?',
    evidence: { awaited, afterMs: limitMs },
  });
}
