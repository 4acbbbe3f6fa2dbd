import { setTimeout as sleep } from 'node:timers/promises';
import { asKconformError, KconformError } from '../errors.ts';
import { type Judgement, judge } from '../expect/judge.ts';
import { unmetByKernel, unmetNeed } from '../expect/needs.ts';
import { needsLeaks } from '../expect/oracles.ts';
import { noReports, type Observed, type OracleReports, type Outcome } from '../expect/outcome.ts';
import type { KernelFacts } from '../expect/resolve.ts';
import type { GuestMachine } from '../guest/guest-machine.ts';
import type { Limits } from '../guest/limits.ts';
import { awaitGuest } from '../guest/waiting.ts';
import type { OracleProof } from '../oracles/canaries.ts';
import { askOracles, caseConsole, lastWords } from '../oracles/watch.ts';
import { createGuest, type Guest } from '../scenario/guest.ts';
import { Transcript } from '../scenario/transcript.ts';
import type { Case } from './cases.ts';

/** What one case came to, with what it left behind. */
export interface CaseRun {
  readonly judgement: Judgement;
  readonly error: KconformError | undefined;
  /** What the console said while the case ran. */
  readonly console: string;
  /** What the scenario did and observed, as far as it went; see Transcript. */
  readonly transcript: string;
}

/** A dying guest breaks the connection some milliseconds before its console and its exit tell why. */
const LAST_WORDS_MS = 1_000;

/** Where a case runs. */
export interface CaseSetting {
  readonly kernel: KernelFacts;
  /** An image of the kernel with debug information, where there is one. */
  readonly symbols: string | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Whether to scan for leaks after cases that do not ask for it. */
  readonly leaks: boolean;
  /** Gives the guest; called only when the kernel's config and version do not rule the case out. */
  start(): Promise<{ readonly machine: GuestMachine; readonly proof: OracleProof }>;
}

/** Runs one case in a guest of its own and judges it. Never throws: whatever breaks is in the judgement with its blame. */
export async function runCase(testCase: Case, setting: CaseSetting): Promise<CaseRun> {
  const { kernel, symbols, limits, signal } = setting;
  if (testCase.loaded instanceof KconformError) {
    return notRun(testCase.loaded);
  }
  const { scenario, expectation } = testCase.loaded;
  const unmet = unmetByKernel(expectation, kernel);
  if (unmet !== undefined) return { judgement: skip(unmet), error: undefined, console: '', transcript: '' };

  const transcript = new Transcript();
  let outcome: Outcome | undefined;
  let consoleText = '';
  const left = () => ({ console: consoleText, transcript: transcript.text() });
  try {
    const { machine: started, proof } = await setting.start();
    await using machine = started;
    const { qemu } = machine;
    let observations: { readonly [name: string]: Observed } | undefined;
    let failure: KconformError | undefined;
    let oracles: OracleReports | undefined;
    try {
      const guest = await awaitGuest(qemu, createGuest(machine.link, transcript), {
        awaited: 'agent of the guest',
        limitMs: limits.sshMs,
        signal,
      });
      const missing = await awaitGuest(qemu, unmetNeed(expectation, kernel, probesOf(guest)), {
        awaited: 'answer about what the case needs',
        limitMs: limits.scenarioMs,
        signal,
      });
      if (missing !== undefined) {
        const left = { console: caseConsole(machine), transcript: transcript.text() };
        return { judgement: skip(missing), error: undefined, ...left };
      }
      const limitMs = expectation.limitMs === undefined ? limits.scenarioMs : expectation.limitMs * limits.scale;
      const onNotice = (text: string) => transcript.note(...text.split('\n'));
      const run = () => scenario.run({ guest, signal, onNotice });
      observations = await runScenario(machine, run, limitMs, limits, signal);
      transcript.observed(observations);
    } catch (error) {
      failure = asKconformError(error, 'case', 'KC_SCENARIO_THREW');
      transcript.note(`the scenario was ended: ${failure.message}`);
    }
    if (failure === undefined || failure.blame === 'case') {
      try {
        const leaks = setting.leaks || needsLeaks(expectation);
        oracles = await askOracles(machine, { limits, signal, leaks, symbols, rest: (ms) => sleep(ms) });
      } catch (error) {
        // A guest that dies or hangs after its scenario says more than the scenario did.
        const after = asKconformError(error, 'harness', 'KC_GUEST_INIT');
        if (failure === undefined || after.blame !== 'case') failure = after;
        observations = undefined;
      }
    }
    oracles ??= await lastWords(machine, symbols);
    consoleText = caseConsole(machine);
    outcome = { observations, oracles: withProof(oracles, proof) };
    if (failure !== undefined) throw failure;
  } catch (thrown) {
    const error = asKconformError(thrown, 'harness', 'KC_BUG');
    return { judgement: judge({ expectation, outcome, kernel, error }), error, ...left() };
  }
  return { judgement: judge({ expectation, outcome, kernel }), error: undefined, ...left() };
}

async function runScenario<T>(
  machine: GuestMachine,
  run: () => Promise<T>,
  limitMs: number,
  limits: Limits,
  signal: AbortSignal,
): Promise<T> {
  const { qemu } = machine;
  try {
    const started = Promise.resolve().then(run);
    return await awaitGuest(qemu, started, { awaited: 'end of the scenario', limitMs, signal });
  } catch (error) {
    const own = error instanceof KconformError ? error : asKconformError(error, 'case', 'KC_SCENARIO_THREW');
    if (own.code === 'KC_GUEST_HANG') {
      const wait = { awaited: 'answer of the guest, whose scenario did not end', limitMs: limits.cloneMs, signal };
      await awaitGuest(qemu, machine.control.settle(), wait);
      throw new KconformError(`the scenario did not end within ${limitMs / 1000} s; the guest still answers`, {
        code: 'KC_SCENARIO_TIMEOUT',
        blame: 'case',
        hint: 'await something with a limit in the scenario, or raise limitMs in expect.ts',
        evidence: { awaited: 'end of the scenario', afterMs: limitMs, console: qemu.console.lastLines(15) },
      });
    }
    if (own.code !== 'KC_INTERRUPTED') {
      const wait = { awaited: 'end of the scenario', limitMs: LAST_WORDS_MS };
      await awaitGuest(qemu, sleep(own.blame === 'case' && own.code !== 'KC_SSH' ? 0 : LAST_WORDS_MS), wait).catch(
        (last: unknown) => {
          if (last instanceof KconformError && last.code !== 'KC_GUEST_HANG') throw last;
        },
      );
    }
    throw own;
  }
}

function probesOf(guest: Guest) {
  return {
    hasFile: (path: string) => guest.exists(path),
    hasFeature: (name: string) => {
      if (name === 'kmemleak') return guest.exists('/sys/kernel/debug/kmemleak');
      throw new KconformError(`expect.ts needs "${name}", which kconform cannot probe`, {
        code: 'KC_UNKNOWN_FEATURE',
        blame: 'case',
        hint: 'features there are: kmemleak',
      });
    },
  };
}

/** What an oracle that did not see a planted fault says is worth nothing. */
function withProof(oracles: OracleReports, { silent, unproven }: OracleProof): OracleReports {
  const blind = Object.entries(silent).map(([oracle, fault]) => [oracle, `it did not see ${fault}`]);
  return { ...oracles, unavailable: { ...oracles.unavailable, ...Object.fromEntries(blind) }, unproven };
}

function skip(reason: string): Judgement {
  return { verdict: 'SKIP', reason, observations: [], oracles: noReports };
}

/** What a case comes to that could not be started. */
export function notRun(error: KconformError): CaseRun {
  const { message, blame } = error;
  const judgement: Judgement = { verdict: 'ERROR', reason: message, blame, observations: [], oracles: noReports };
  return { judgement, error, console: '', transcript: '' };
}
