import { CpuDelay } from './cpu-delay.ts';
import type { ProcessPause } from './process-pause.ts';
import { graceLeftMs, runningTime } from './running-time.ts';

/** Why a limit has passed: the guest could run and did not answer, its QEMU got no CPU, or its QEMU was stopped. */
export interface Expiry {
  readonly kind: 'silent' | 'host busy' | 'stopped';
  /** Milliseconds since the beginning, less those in which kconform itself did not run. */
  readonly afterMs: number;
  /** Milliseconds that QEMU was ready to run and got no CPU. */
  readonly delayMs: number;
}

/** How many times its limit a wait may last when the host gives the guest no CPU. */
const PATIENCE = 10;
/** A QEMU that stays stopped for so long is given up. */
const STOPPED_MS = 30_000;

/**
 * What to think of a guest that has not answered after so long, `delayMs` of which it could not run: milliseconds to wait on, or
 * that it has had its limit, or that the host will not let it.
 */
export function patience(limitMs: number, elapsedMs: number, delayMs: number): number | 'silent' | 'host busy' {
  const leftMs = limitMs - (elapsedMs - delayMs);
  if (leftMs < 1) return 'silent';
  const untilMs = limitMs * PATIENCE - elapsedMs;
  return untilMs < 1 ? 'host busy' : Math.min(leftMs, untilMs);
}

/**
 * Calls `onExpiry` when a QEMU process has had its limit. Time in which kconform did not run, in which QEMU was stopped, or in
 * which it waited for a CPU does not count.
 * @param limitMs Infinity for no limit
 * @returns ends the limit
 */
export function startLimit(
  limitMs: number,
  { pid, pause }: { readonly pid: number; readonly pause: ProcessPause },
  onExpiry: (expiry: Expiry) => void,
): () => void {
  if (!Number.isFinite(limitMs)) return () => undefined;
  const startedAt = runningTime();
  const pausedBefore = pause.totalMs();
  const delay = new CpuDelay(pid);
  const check = () => {
    const afterMs = Math.round(runningTime() - startedAt);
    const delayMs = delay.ms();
    const expire = (kind: Expiry['kind']) => onExpiry({ kind, afterMs, delayMs });
    const presentMs = pause.presentMs();
    if (presentMs >= STOPPED_MS) return expire('stopped');
    const stoppedMs = pause.totalMs() - pausedBefore;
    const next = patience(limitMs, afterMs - stoppedMs, delayMs);
    const graceMs = Math.max(graceLeftMs(), pause.graceLeftMs());
    if (typeof next === 'number' || graceMs > 0 || presentMs > 0) {
      const wait = Math.max(typeof next === 'number' ? next : 0, graceMs);
      timer = setTimeout(check, presentMs > 0 ? Math.min(Math.max(wait, 250), STOPPED_MS - presentMs) : wait);
      return;
    }
    expire(next);
  };
  let timer = setTimeout(check, limitMs);
  return () => clearTimeout(timer);
}
