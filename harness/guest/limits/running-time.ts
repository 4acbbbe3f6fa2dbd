/** How often we look whether we still run. */
const TICK_MS = 250;
/** A tick that is later than this means that we did not run, or did nothing but one long computation. */
const LATE_MS = 750;
/** After a pause, what arrived meanwhile is read before anything is given up. */
const GRACE_MS = 1_000;

let ticking: NodeJS.Timeout | undefined;
let lastLook = performance.now();
let pausedMs = 0;
let resumedAt = Number.NEGATIVE_INFINITY;

function look(): void {
  const now = performance.now();
  const gap = now - lastLook - TICK_MS;
  lastLook = now;
  if (ticking === undefined) {
    // Unref'd: it keeps nobody alive. Started by the first question, so that commands without guests have no timer.
    ticking = setInterval(look, TICK_MS).unref();
    return;
  }
  if (gap <= LATE_MS) return;
  pausedMs += gap;
  resumedAt = now;
}

/**
 * Milliseconds on a clock that stands still while this process does not run: stopped by Ctrl-Z or SIGSTOP, in a frozen container,
 * in a paused virtual machine. Limits are measured with it, since an answer that came meanwhile could not be read.
 */
export function runningTime(): number {
  look();
  return performance.now() - pausedMs;
}

/** Milliseconds that this process must still run until it has read what arrived while it was paused. */
export function graceLeftMs(): number {
  look();
  return Math.max(0, GRACE_MS - (performance.now() - resumedAt));
}

/** Milliseconds that this process did not run, since the first question about its time. */
export function pausedTime(): number {
  look();
  return pausedMs;
}
