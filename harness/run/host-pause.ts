import { KconformError } from '../errors.ts';
import type { Qemu } from '../guest/qemu.ts';
import { pausedTime } from '../guest/running-time.ts';

/** Errors of limits that are kept without regard to pauses: of a call or a command in the guest, or of a process to end. */
const OF_LIMITS: readonly string[] = ['KC_STUCK', 'KC_SHELL_TIMEOUT', 'KC_AGENT_SILENT', 'KC_PROCESS_LIVES'];
/** Shorter pauses are those of a busy host. */
const LONGEST_MS = 1_000;

/** Watches whether kconform or the guest's QEMU is stopped while a case runs. */
export class HostPause {
  readonly #qemu: Pick<Qemu, 'pause'>;
  readonly #ourMs = pausedTime();
  readonly #qemuMs: number;

  constructor(qemu: Pick<Qemu, 'pause'>) {
    this.#qemu = qemu;
    this.#qemuMs = qemu.pause.totalMs();
  }

  /** The error, unless it says that something took too long and the host was what took the time. */
  explain(error: KconformError): KconformError {
    if (!OF_LIMITS.includes(error.code)) return error;
    const qemuMs = this.#qemu.pause.totalMs() - this.#qemuMs;
    const ourMs = pausedTime() - this.#ourMs;
    if (Math.max(qemuMs, ourMs) < LONGEST_MS) return error;
    const who = qemuMs < ourMs ? 'kconform' : 'the QEMU process';
    const seconds = (Math.max(qemuMs, ourMs) / 1000).toFixed(1);
    return new KconformError(`the host stopped ${who} for ${seconds} s: ${error.message}`, {
      code: 'KC_HOST_PAUSED',
      blame: 'host',
      hint: 'run again, without stopping it (Ctrl-Z, SIGSTOP, a frozen container)',
      evidence: error.evidence,
      cause: error,
    });
  }
}
