import { readFileSync } from 'node:fs';
import { runningTime } from './running-time.ts';

const LOOK_EVERY_MS = 250;
/** After SIGCONT a guest gets this long to answer, also if less is left of its limit. */
const GRACE_MS = 1_000;

/**
 * Watches whether a process is stopped (SIGSTOP, a debugger), or its guest is on purpose, and counts for how long; `stop` it when the
 * process has ended.
 */
export class ProcessPause {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #lookedAt = runningTime();
  #resumedAt = Number.NEGATIVE_INFINITY;
  #totalMs = 0;
  #presentMs = 0;
  #holds = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Milliseconds that it was stopped, in all. */
  totalMs(): number {
    this.#look();
    return this.#totalMs;
  }

  /** Milliseconds that it has been stopped now; 0 when it runs. */
  presentMs(): number {
    this.#look();
    return this.#presentMs;
  }

  graceLeftMs(): number {
    this.#look();
    return Math.max(0, GRACE_MS - (runningTime() - this.#resumedAt));
  }

  /** No limit runs until the result is disposed: somebody looks into the guest, which is stopped for as long as that takes. */
  hold(): Disposable {
    this.#look();
    this.#holds++;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#look();
        this.#holds--;
        this.#resumedAt = runningTime();
      },
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = runningTime();
    const passed = now - this.#lookedAt;
    this.#lookedAt = now;
    if (this.#holds > 0) {
      this.#totalMs += passed;
      return;
    }
    if (isStopped(this.#pid)) {
      this.#totalMs += passed;
      this.#presentMs += passed;
      return;
    }
    if (this.#presentMs > 0) this.#resumedAt = now;
    this.#presentMs = 0;
  }
}

/** The state in /proc/PID/stat, which stands behind the name in parentheses: T stopped by a signal, t by a debugger (proc(5)). */
export function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return /^[Tt]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false; // it has ended
  }
}
