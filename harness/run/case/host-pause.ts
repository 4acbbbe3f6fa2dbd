import type { ErrorCode } from '../../errors/codes.ts';
import { type Evidence, KconformError } from '../../errors/error.ts';
import type { OracleReports } from '../../expect/outcome.ts';
import { pausedTime } from '../../guest/limits/running-time.ts';
import type { Qemu } from '../../guest/qemu/qemu.ts';

/** Errors of limits that are kept without regard to pauses: of a call or a command in the guest, or of a process to end. */
const OF_LIMITS: readonly ErrorCode[] = ['KC_STUCK', 'KC_SHELL_TIMEOUT', 'KC_AGENT_SILENT', 'KC_PROCESS_TIMEOUT'];
/** Shorter pauses are those of a busy host. */
const LONGEST_MS = 1_000;
/** Splats that report nothing but that something took long, and the shortest pause that can cause one (Debian: 21 s). */
const OF_TIME: readonly string[] = ['RCU stall', 'lockup', 'hung task'];
const STALL_MS = 5_000;

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
    const { cause } = error;
    const { code } = error.code === 'KC_CONNECTION_LOST' && cause instanceof KconformError ? cause : error;
    if (!OF_LIMITS.includes(code) || this.#longestMs() < LONGEST_MS) return error;
    return this.#paused(error.message, error.evidence, error);
  }

  /**
   * The clock of a guest goes on while the host stops it: the kernel then reports that a CPU, a task or a grace period took too
   * long. Such reports say nothing about the kernel, and are taken out. They stay where the guest hangs: it had its time without the
   * pauses, and its reports tell why. Where the kernel ended the scenario in another way, they are taken out without an error.
   * @param failure what ended the scenario
   * @returns the error to blame the host with, where there were any
   */
  excuse(
    oracles: OracleReports,
    failure?: KconformError,
  ): { readonly oracles: OracleReports; readonly error: KconformError | undefined } {
    if (failure?.code === 'KC_GUEST_HANG') return { oracles, error: undefined };
    const late = this.#longestMs() < STALL_MS ? [] : oracles.splats.filter(({ kind }) => OF_TIME.includes(kind));
    const [first] = late;
    if (first === undefined) return { oracles, error: undefined };
    const splats = oracles.splats.filter((splat) => !late.includes(splat));
    const error = failure?.blame === 'kernel' ? undefined : this.#paused(first.title, {}, undefined);
    return { oracles: { ...oracles, splats }, error };
  }

  #longestMs(): number {
    return Math.max(...this.#pauses());
  }

  /** Of QEMU and of us, since the case began. */
  #pauses(): readonly [number, number] {
    return [this.#qemu.pause.totalMs() - this.#qemuMs, pausedTime() - this.#ourMs];
  }

  #paused(what: string, evidence: Evidence, cause: unknown): KconformError {
    const [qemuMs, ourMs] = this.#pauses();
    const who = qemuMs < ourMs ? 'kconform' : 'the QEMU process';
    const seconds = (Math.max(qemuMs, ourMs) / 1000).toFixed(1);
    return new KconformError(`the host stopped ${who} for ${seconds} s: ${what}`, {
      code: 'KC_HOST_PAUSED',
      blame: 'host',
      hint: 'run again, without stopping it (Ctrl-Z, SIGSTOP, a frozen container)',
      evidence,
      cause,
    });
  }
}
