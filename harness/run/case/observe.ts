import { setTimeout as sleep } from 'node:timers/promises';
import { authorThrew } from '../../authors/author-threw.ts';
import type { PreparedScenario, RunSetting } from '../../authors/prepared.ts';
import type { AskedSplat } from '../../bug-reports/splat/asked-splat.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import type { Observations, Observed, OracleReports, Outcome } from '../../expect/outcome.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import {
  awaitGuest,
  connectionError,
  END_OF_SCENARIO,
  isOfConnection,
  type Wait,
  withLastWords,
} from '../../guest/limits/waiting.ts';
import type { OracleProof } from '../../oracles/canaries.ts';
import type { Symbols } from '../../oracles/splats/symbolise.ts';
import { askOracles, caseConsole, lastWords } from '../../oracles/watch.ts';
import { createGuest, type Guest } from '../../scenario/api/guest.ts';
import type { ScenarioContext } from '../../scenario/api/scenario.ts';
import type { Transcript } from '../../scenario/api/transcript.ts';
import { HostPause } from './host-pause.ts';
import { killProcesses } from './kill-processes.ts';
import { staleBreakpoint, withoutStale } from './stale-breakpoint.ts';
import { type GuestActivity, stalledAfterOops } from './stalled.ts';

/** How long a scenario may stand still after an oops, under KVM. */
const STALL_MS = 3_000;

export interface ObserveSetting extends Pick<ScenarioContext, 'onOutput' | 'onNotice'> {
  /** Takes down what the scenario does and observes. */
  readonly transcript: Transcript;
  readonly proof: OracleProof;
  /** An image of the kernel with debug information, where there is one. */
  readonly symbols: Symbols | undefined;
  readonly limits: Limits;
  /** How long the scenario may take, in milliseconds. */
  readonly limitMs: number;
  /** Whether to scan for leaks after the scenario. */
  readonly leaks: boolean;
  readonly signal: AbortSignal;
  /** Waits while the guest only sleeps; a plain wait where nobody shares the host. */
  readonly rest?: (ms: number) => Promise<void>;
  /** Asked before the scenario: why it need not be run on this kernel. */
  unmet?(guest: Guest): Promise<string | undefined>;
}

/** The result of a scenario in one guest, before it is judged. */
export type ScenarioRun = {
  readonly console: string;
  /** The splat of the report that the scenario is to reproduce. */
  readonly asked?: AskedSplat;
  /** What the guest lacks, so that it says nothing where the bug does not show. */
  readonly lacking?: readonly string[];
} & (
  | { readonly unmet: string }
  /** `failure`: why the scenario did not come to its end, or the guest did not outlive it. */
  | { readonly outcome: Outcome; readonly failure: KconformError | undefined }
);

/** Runs a scenario in a guest that it has to itself, and asks the oracles. Whatever breaks is in the result, with its blame. */
export async function observe(
  machine: GuestMachine,
  scenario: PreparedScenario,
  setting: ObserveSetting,
): Promise<ScenarioRun> {
  const { limits, limitMs, signal, symbols, leaks, transcript, onOutput } = setting;
  const rest = setting.rest ?? ((ms: number) => sleep(ms));
  const pause = new HostPause(machine.qemu);
  let observations: { readonly [name: string]: Observed } | undefined;
  let failure: KconformError | undefined;
  let oracles: OracleReports | undefined;
  try {
    const unmet = setting.unmet === undefined ? undefined : await askNeeds(machine, setting.unmet, setting);
    if (unmet !== undefined) return { unmet, console: caseConsole(machine) };
    const onNotice = (text: string) => {
      transcript.note(...text.split('\n'));
      setting.onNotice?.(text);
    };
    const running = { agent: machine.agent, transcript, signal, onNotice, ...(onOutput && { onOutput }) };
    observations = await runScenario(machine, scenario, running, limitMs, limits);
    transcript.observed(observations);
  } catch (error) {
    failure = pause.explain(authorThrew(error));
    await scenario[Symbol.asyncDispose](); // whatever it still does
    transcript.note(`the scenario was ended: ${failure.message}`);
  }
  const isStuck = failure?.code === 'KC_STUCK'; // one process of a guest that lives
  if (failure === undefined || failure.blame === 'case' || isStuck) {
    try {
      oracles = await askOracles(machine, { limits, signal, leaks, symbols, rest });
    } catch (error) {
      // A guest that dies or hangs after its scenario says more than the scenario did.
      const after = asKconformError(error, 'harness', 'KC_GUEST_INIT');
      const outweighs = after.blame === 'host' || (after.blame !== 'case' && !isStuck);
      if (failure === undefined || outweighs) failure = pause.explain(after);
      observations = undefined;
    }
  }
  oracles ??= await lastWords(machine, symbols);
  const excused = pause.excuse(oracles, failure);
  const stale = limits.scale > 1 ? staleBreakpoint(excused.oracles) : undefined;
  failure = stale ?? excused.error ?? failure;
  const seen = stale === undefined ? excused.oracles : withoutStale(excused.oracles);
  const outcome = { observations, oracles: withProof(seen, setting.proof) };
  return { outcome, failure, console: caseConsole(machine) };
}

function activityOf(machine: GuestMachine): GuestActivity {
  return { console: () => caseConsole(machine), bytes: () => machine.qemu.ssh?.bytesRead ?? 0 };
}

/** Asks the guest for files and features, with a process of its own. */
async function askNeeds(
  machine: GuestMachine,
  unmet: (guest: Guest) => Promise<string | undefined>,
  { limits, signal }: ObserveSetting,
): Promise<string | undefined> {
  const coming = { awaited: 'agent of the guest', limitMs: limits.sshMs, signal };
  const guest = await awaitGuest(machine.qemu, createGuest(machine.agent), coming);
  const asked = { awaited: 'answer about what the case needs', limitMs: limits.scenarioMs, signal };
  const answer = await awaitGuest(machine.qemu, unmet(guest), asked);
  await guest.root[Symbol.asyncDispose]();
  return answer;
}

async function runScenario(
  machine: GuestMachine,
  scenario: PreparedScenario,
  running: RunSetting,
  limitMs: number,
  limits: Limits,
): Promise<Observations> {
  const { qemu } = machine;
  const { signal } = running;
  const over = new AbortController();
  try {
    const stall = stalledAfterOops(activityOf(machine), limits.scale === 1 ? STALL_MS : 2 * STALL_MS, over.signal);
    stall.catch(() => undefined); // it also ends when the scenario does
    const started = Promise.race([scenario.run(running), stall]);
    return await awaitGuest(qemu, started, { awaited: END_OF_SCENARIO, limitMs, signal });
  } catch (error) {
    const wait = { awaited: END_OF_SCENARIO, limitMs: limits.cloneMs, signal };
    let own = authorThrew(error);
    if (own.code === 'KC_GUEST_HANG') own = await whyEndless(machine, scenario, limitMs, wait);
    if (isOfConnection(own)) throw await connectionError(qemu, own, wait);
    if (own.code === 'KC_INTERRUPTED' || own.blame === 'case') throw own;
    throw await withLastWords(qemu, own, wait.awaited);
  } finally {
    over.abort();
  }
}

/** Why a scenario did not end within its limit. @param wait for each answer of the guest */
async function whyEndless(
  machine: GuestMachine,
  scenario: PreparedScenario,
  limitMs: number,
  wait: Wait,
): Promise<KconformError> {
  const { qemu } = machine;
  const settled = { ...wait, awaited: 'answer of the guest, whose scenario did not end' };
  try {
    await awaitGuest(qemu, machine.control.settle(), settled);
  } catch (error) {
    return asKconformError(error, 'harness', 'KC_GUEST_INIT');
  }
  const { stuck, busy } = await scenario.expireCalls();
  if (stuck !== undefined) return stuck;
  let left: Awaited<ReturnType<typeof killProcesses>>;
  try {
    const ended = { ...wait, awaited: 'end of what the scenario left running' };
    left = await awaitGuest(qemu, killProcesses(machine.agent), ended);
  } catch (error) {
    // init has answered, so only the agent is silent.
    const silence = asKconformError(error, 'harness', 'KC_AGENT');
    if (silence.code !== 'KC_GUEST_HANG') return silence;
    const { evidence } = silence;
    const details = { code: 'KC_AGENT_SILENT', blame: 'case', evidence } as const;
    return new KconformError("the guest's agent does not answer", details);
  }
  const late = `the scenario did not end within ${limitMs / 1000} s`;
  const evidence = { awaited: wait.awaited, afterMs: limitMs };
  if (left.names.length > 0) {
    return new KconformError(`${late}; not even SIGKILL ends ${left.names.join(', ')}`, {
      code: 'KC_STUCK',
      blame: 'kernel',
      evidence: { ...evidence, output: left.places },
    });
  }
  return new KconformError(`${late}; the guest still answers`, {
    code: 'KC_SCENARIO_TIMEOUT',
    blame: 'case',
    hint: busy
      ? 'its process on this machine handles no events any more: an endless loop in scenario.ts?'
      : 'give the waits in the scenario a limit, or raise its own: limitMs in expect.ts, or --limit of kconform repro',
    evidence: { ...evidence, console: qemu.console.lastLines(15) },
  });
}

/** What an oracle that did not see a planted fault says is worth nothing. */
export function withProof(oracles: OracleReports, { silent, unproven }: OracleProof): OracleReports {
  const blind = Object.entries(silent).map(([oracle, fault]) => [oracle, `it did not see ${fault}`]);
  return { ...oracles, unavailable: { ...oracles.unavailable, ...Object.fromEntries(blind) }, unproven };
}
