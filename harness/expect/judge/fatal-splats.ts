import type { ErrorCode } from '../../errors/codes.ts';
import type { KconformError } from '../../errors/error.ts';
import type { KnownBug } from '../expectation.ts';
import { nothing } from '../matchers/print.ts';
import type { Splat } from '../outcome.ts';
import { isWithin } from './diff.ts';
import type { JudgedLeaf, Observation } from './judge-leaf.ts';

/** Kinds of reports after which a task is killed, or does not run on. A WARNING is none, nor is what a sanitiser only reports. */
const FATAL_KINDS: readonly string[] = [
  'BUG',
  'Oops',
  'GPF',
  'double fault',
  'stack overflow',
  'list corruption',
  'panic',
  'lockup',
  'hung task',
  'RCU stall',
];

/** True for a report that may kill or block what ran: an oops, a panic, a lockup, whatever was reported first in it. */
export function isFatal({ kind, text }: Splat): boolean {
  return (
    FATAL_KINDS.includes(kind) ||
    text.some((line) => /\b(Oops|Internal error): |\bgeneral protection fault\b/.test(line))
  );
}

/** The panics that an oops (panic_on_oops, in an interrupt, in init) or a lockup ends in; they say nothing new. */
const CONSEQUENCE =
  /^Kernel panic - not syncing: (Fatal exception|Aiee, killing interrupt handler|Attempted to kill (init|the idle task)|softlockup: |hung_task: |hard LOCKUP|RCU Stall)/i;

/** True for a panic that follows from a fatal report before it. */
export function isConsequence({ kind, title }: Splat): boolean {
  return kind === 'panic' && CONSEQUENCE.test(title);
}

/** How a scenario ends whose process was killed or blocked by the kernel; what is blamed on the kernel counts too. */
const ENDS: readonly ErrorCode[] = [
  'KC_SCENARIO_TIMEOUT',
  'KC_PROCESS_ENDED',
  'KC_PROCESS_TIMEOUT',
  'KC_SHELL_TIMEOUT',
  'KC_AGENT_CLOSED',
  'KC_AGENT_SILENT',
  'KC_CONNECTION_LOST',
  'KC_SSH',
  'KC_SCENARIO_CUT_OFF',
];

/** True where a fatal splat explains the error: the scenario hung, or its process or the guest died. */
export function isEndBySplat({ code, blame }: KconformError): boolean {
  return blame === 'kernel' || ENDS.includes(code);
}

/**
 * The leaves of a program in shell or C that the kernel killed by a declared splat: what it had not come to observe, and how it
 * ended, are explained by the bug. What it did observe is judged as ever.
 */
export function excuseKilled(
  leaves: readonly JudgedLeaf[],
  observations: object,
  [bug]: readonly KnownBug[],
): readonly JudgedLeaf[] {
  if (bug === undefined || !wasKilled(observations)) return leaves;
  return leaves.map((leaf) => {
    const { verdict, path, observed } = leaf.observation;
    const explained = observed === nothing || ['exitCode', 'signal', 'output'].includes(path) || saysThatItEnded(path);
    return verdict === 'FAIL' && explained ? { bug, observation: { ...leaf.observation, verdict: 'XFAIL' } } : leaf;
  });
}

/**
 * True for a wrong leaf of a program in shell or C that the out-of-memory killer explains: how the program ended and what it
 * printed, and what it had not yet observed when it was killed.
 */
export function followsFromKill({ path, observed }: Observation, observations: object): boolean {
  if (['exitCode', 'signal', 'output', 'stoppedAfterMs'].includes(path)) return true;
  return (observed === nothing || saysThatItEnded(path)) && wasKilled(observations);
}

/** What a program of somebody else observes of its end, in its own words. */
function saysThatItEnded(path: string): boolean {
  return path === 'status' || isWithin(path, 'problems');
}

/** An oops ends a task with SIGKILL or, from a trap, SIGSEGV (arch/x86/kernel/dumpstack.c); a shell adds 128. */
function wasKilled(observations: object): boolean {
  const { signal, exitCode } = { signal: undefined, exitCode: undefined, ...observations };
  return signal === 'SIGKILL' || signal === 'SIGSEGV' || exitCode === 137 || exitCode === 139;
}
