import { type PreparedScenario, prepare } from '../../authors/prepared.ts';
import type { AuthorProcess } from '../../authors/process.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import type { Expectation } from '../../expect/expectation.ts';
import { type Judgement, judge } from '../../expect/judge/judge.ts';
import { needsLeaks } from '../../expect/judge/oracles.ts';
import { unmetByKernel, unmetInGuest } from '../../expect/needs.ts';
import { noReports, type Outcome } from '../../expect/outcome.ts';
import type { KernelFacts } from '../../expect/resolve.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import type { OracleProof } from '../../oracles/canaries.ts';
import type { Symbols } from '../../oracles/splats/symbolise.ts';
import type { Guest } from '../../scenario/api/guest.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import type { Case } from '../discovery/cases.ts';
import { observe, type ScenarioRun } from './observe.ts';

/** The result of one case, with its console and transcript. */
export interface CaseRun {
  readonly judgement: Judgement;
  readonly error: KconformError | undefined;
  /** What the console said while the case ran. */
  readonly console: string;
  /** What the scenario did and observed, as far as it went; see Transcript. */
  readonly transcript: string;
}

/** Where a case runs. */
export interface CaseSetting {
  readonly kernel: KernelFacts;
  /** An image of the kernel with debug information, where there is one. */
  readonly symbols: Symbols | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Whether to scan for leaks after cases that do not ask for it. */
  readonly leaks: boolean;
  /** Waits while the guest only sleeps, so that another may have the core. */
  rest(ms: number): Promise<void>;
  /** What the author should read although nothing failed. */
  readonly onNotice?: (text: string) => void;
  /** Gives a process for a scenario in TypeScript that has started already. */
  authorProcess?(): Promise<AuthorProcess>;
  /** Why the case does not apply to the kernel on the machine that it asks for; undefined when it does. */
  unmetByMachine?(): Promise<string | undefined>;
  /** Gives the guest; called only when the kernel's config and version do not rule the case out. */
  start(): Promise<{ readonly machine: GuestMachine; readonly proof: OracleProof }>;
}

/** Runs one case in a guest of its own and judges it. Never throws: an error is in the judgement, with its blame. */
export async function runCase(testCase: Case, setting: CaseSetting): Promise<CaseRun> {
  const { kernel } = setting;
  if (testCase.loaded instanceof KconformError) {
    return notRun(testCase.loaded);
  }
  const { scenario, expectation } = testCase.loaded;
  let unmet = unmetByKernel(expectation, kernel);
  try {
    unmet ??= await setting.unmetByMachine?.();
  } catch (error) {
    return notRun(asKconformError(error, 'harness', 'KC_BUG'));
  }
  if (unmet !== undefined) return { judgement: skip(unmet), error: undefined, console: '', transcript: '' };

  const transcript = new Transcript();
  let outcome: Outcome | undefined;
  let consoleText = '';
  let late: KconformError | undefined;
  const left = () => ({ console: consoleText, transcript: transcript.text() });
  try {
    await using prepared = await prepare(scenario, setting.authorProcess);
    const seen = await inGuest(prepared, expectation, transcript, setting);
    consoleText = seen.console;
    if ('unmet' in seen) return { judgement: skip(seen.unmet), error: undefined, ...left() };
    outcome = seen.outcome;
    if (seen.failure !== undefined) throw seen.failure;
    late = await prepared.unawaited().catch((error: unknown) => asKconformError(error, 'harness', 'KC_BUG'));
  } catch (thrown) {
    const error = asKconformError(thrown, 'harness', 'KC_BUG');
    return { judgement: judge({ expectation, outcome, kernel, error, meetsNeeds: true }), error, ...left() };
  }
  const judgement = judge({ expectation, outcome, kernel, meetsNeeds: true });
  // Evidence against the kernel outranks a doubt about the case.
  if (late === undefined || judgement.verdict === 'FAIL') return { judgement, error: undefined, ...left() };
  const { message: reason, blame } = late;
  return { judgement: { ...judgement, verdict: 'ERROR', reason, blame }, error: late, ...left() };
}

async function inGuest(
  prepared: PreparedScenario,
  expectation: Expectation,
  transcript: Transcript,
  { symbols, limits, signal, leaks, rest, onNotice, start }: CaseSetting,
): Promise<ScenarioRun> {
  const { machine: started, proof } = await start();
  await using machine = started;
  const { needs = {} } = expectation;
  const { files = [], features = [] } = needs;
  return await observe(machine, prepared, {
    proof,
    symbols,
    limits,
    limitMs: expectation.limitMs === undefined ? limits.scenarioMs : expectation.limitMs * limits.scale,
    leaks: leaks || needsLeaks(expectation),
    signal,
    rest,
    ...(onNotice && { onNotice }),
    transcript,
    ...(files.length + features.length > 0 && { unmet: (guest) => unmetInGuest(needs, probesOf(guest)) }),
  });
}

function probesOf(guest: Guest) {
  return {
    hasFile: (path: string) => guest.exists(path),
    hasFeature: (name: string) => {
      if (name === 'kmemleak') return guest.exists('/sys/kernel/debug/kmemleak');
      throw new KconformError(`expect.ts needs "${name}", which kconform cannot probe`, {
        code: 'KC_UNKNOWN_FEATURE',
        blame: 'case',
        hint: 'known features: kmemleak',
      });
    },
  };
}

function skip(reason: string): Judgement {
  return { verdict: 'SKIP', reason, observations: [], oracles: noReports };
}

/** The result of a case that could not be started. */
export function notRun(error: KconformError): CaseRun {
  const { message, blame } = error;
  const judgement: Judgement = { verdict: 'ERROR', reason: message, blame, observations: [], oracles: noReports };
  return { judgement, error, console: '', transcript: '' };
}
