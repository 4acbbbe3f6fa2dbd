import { setTimeout as sleep } from 'node:timers/promises';
import { KconformError } from '../../errors/error.ts';
import { readSplats } from '../../oracles/splats/splats.ts';

/** How often it is looked. Looks are counted, not seconds: a kconform that was stopped meanwhile has looked only once. */
const LOOK_MS = 500;

/** What the watch reads of a guest. */
export interface GuestActivity {
  /** What the console said since the case began. */
  console(): string;
  /** How many bytes the guest has sent over its SSH connection: answers of system calls, output of commands. */
  bytes(): number;
}

/** die() numbers its reports "[#1]" and kills the process; a warning, or a BUG that only tells, has no number. */
const DIED = / \[#\d+\]/;

/**
 * Rejects when the kernel has reported an oops or a BUG and the scenario then makes no progress: the process that was killed may hold
 * locks for ever, and nothing is gained by waiting for the limit. The report itself is found by the oracles.
 * @param stallMs how long nothing may come after the report
 * @throws KC_SCENARIO_TIMEOUT (case): without the report it would say nothing about the kernel
 */
export async function stalledAfterOops(
  guest: GuestActivity,
  stallMs: number,
  signal: AbortSignal,
  lookMs = LOOK_MS,
): Promise<never> {
  let state = '';
  for (let looks = 0; ; looks++) {
    await sleep(lookMs, undefined, { signal, ref: false });
    const text = guest.console();
    const now = `${text.length} ${guest.bytes()}`;
    if (now !== state || !DIED.test(text)) looks = 0;
    state = now;
    if (looks * lookMs < stallMs) continue;
    const report = readSplats(text).find(({ text: lines }) => lines.some((line) => DIED.test(line)));
    if (report === undefined) continue; // a program's own text
    throw new KconformError(`the scenario made no progress for ${stallMs / 1000} s after it`, {
      code: 'KC_SCENARIO_TIMEOUT',
      blame: 'case',
      evidence: { awaited: 'end of the scenario', afterMs: stallMs, console: [...report.text.slice(0, 15)] },
    });
  }
}
