import { type Blame, KconformError } from '../errors.ts';
import { initGaveUp } from './console.ts';
import { CpuDelay } from './cpu-delay.ts';
import type { Ending, Qemu } from './qemu.ts';

export interface Wait {
  /** What is awaited, as a noun phrase. */
  readonly awaited: string;
  /** Infinity for what a person ends. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

const BLAME: Record<Ending['kind'], Blame> = {
  panic: 'kernel',
  reboot: 'kernel',
  'internal-error': 'host',
  killed: 'host',
  failed: 'host',
};

const CODE: Record<Ending['kind'], string> = {
  panic: 'KC_GUEST_PANIC',
  reboot: 'KC_GUEST_REBOOT',
  'internal-error': 'KC_ACCELERATOR',
  killed: 'KC_QEMU_KILLED',
  failed: 'KC_QEMU_FAILED',
};

/** The error for a guest that ended while something was awaited of it. */
export function endedError(ending: Ending, qemu: Qemu, awaited: string, afterMs: number): KconformError {
  const gaveUp = ending.kind === 'panic' ? initGaveUp(qemu.console.text()) : undefined;
  if (gaveUp !== undefined) {
    return new KconformError(`kconform's own init gave up in this guest: ${gaveUp}`, {
      code: 'KC_GUEST_INIT',
      blame: 'harness',
      hint: 'a guest needs CONFIG_VIRTIO_PCI and CONFIG_VIRTIO_CONSOLE built into the kernel, not as modules',
      evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
    });
  }
  return new KconformError(ending.reason, {
    code: CODE[ending.kind],
    blame: BLAME[ending.kind],
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

/** How many times its limit a wait may last when the host gives the guest no CPU. */
const PATIENCE = 10;

/**
 * What to think of a guest that has not answered after so long, `delayMs` of which it stood ready and got no CPU: milliseconds
 * to wait on, or that it has had its limit, or that the host will not let it.
 */
export function patience(limitMs: number, elapsedMs: number, delayMs: number): number | 'hangs' | 'host busy' {
  const leftMs = limitMs - (elapsedMs - delayMs);
  if (leftMs < 1) return 'hangs';
  const untilMs = limitMs * PATIENCE - elapsedMs;
  return untilMs < 1 ? 'host busy' : Math.min(leftMs, untilMs);
}

/**
 * `promise`, unless the guest ends, the limit passes or the run is interrupted first. What the guest's QEMU stood ready and got no
 * CPU does not count: only a guest that could run, and did not answer, hangs.
 * @throws KC_GUEST_PANIC, KC_GUEST_REBOOT, KC_GUEST_HANG (kernel); KC_QEMU_KILLED, KC_QEMU_FAILED, KC_HOST_BUSY (host);
 * KC_INTERRUPTED
 */
export async function awaitGuest<T>(qemu: Qemu, promise: Promise<T>, wait: Wait): Promise<T> {
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const delay = new CpuDelay(qemu.pid);
  let stop = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    const giveUp = () => {
      const next = patience(wait.limitMs, elapsed(), delay.ms());
      if (next === 'hangs') reject(hangError(qemu, wait, elapsed()));
      else if (next === 'host busy') reject(busyError(qemu, wait, elapsed(), delay.ms()));
      else timer = setTimeout(giveUp, next);
    };
    let timer = Number.isFinite(wait.limitMs) ? setTimeout(giveUp, wait.limitMs) : undefined;
    const abort = () => reject(interruptedError(wait.awaited));
    if (wait.signal?.aborted) abort();
    wait.signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      wait.signal?.removeEventListener('abort', abort);
    };
  });
  const ended = qemu.ended.then((ending): never => {
    throw endedError(ending, qemu, wait.awaited, elapsed());
  });
  ended.catch(() => undefined); // the race below is over when it comes later
  interrupted.catch(() => undefined);
  try {
    return await Promise.race([promise, ended, interrupted]);
  } finally {
    stop();
  }
}

function hangError(qemu: Qemu, { awaited, limitMs }: Wait, afterMs: number): KconformError {
  return new KconformError(`the guest hangs: no ${awaited} within ${limitMs / 1000} s`, {
    code: 'KC_GUEST_HANG',
    blame: 'kernel',
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

function busyError(qemu: Qemu, { awaited }: Wait, afterMs: number, delayMs: number): KconformError {
  const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
  const waited = `in ${seconds(afterMs)}, of which its QEMU waited ${seconds(delayMs)} for a CPU`;
  return new KconformError(`the host is too busy for its guests: no ${awaited} ${waited}`, {
    code: 'KC_HOST_BUSY',
    blame: 'host',
    hint: 'run fewer guests at once (--jobs 1), or when the host has less to do',
    evidence: { awaited, afterMs, console: qemu.console.lastLines(30) },
  });
}

/** A dying guest breaks the connection some milliseconds before its console and its exit tell why. */
const LAST_WORDS_MS = 1_000;

/** The error for the end of a guest that broke the connection, if it ends within a second; else the given error. */
export async function withLastWords(qemu: Qemu, error: KconformError, awaited: string): Promise<KconformError> {
  const end = awaitGuest(qemu, new Promise<never>(() => undefined), { awaited, limitMs: LAST_WORDS_MS });
  return end.catch((last: unknown) => (last instanceof KconformError && last.code !== 'KC_GUEST_HANG' ? last : error));
}

export function interruptedError(awaited: string): KconformError {
  return new KconformError(`interrupted while waiting for ${awaited}`, { code: 'KC_INTERRUPTED', blame: 'host' });
}
