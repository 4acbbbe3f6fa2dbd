import type { LoadedScenario } from '../../authors/scenarios.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import type { Expectation } from '../../expect/expectation.ts';
import { type Judgement, judge } from '../../expect/judge/judge.ts';
import { needsLeaks } from '../../expect/judge/oracles.ts';
import { unmetByKernel } from '../../expect/needs.ts';
import { noReports } from '../../expect/outcome.ts';
import type { KernelFacts } from '../../expect/resolve.ts';
import type { Case, LoadedCase } from '../discovery/case.ts';
import { scheduleError, unscheduled } from '../schedule/refusals.ts';
import {
  type CaseOutcome,
  type ObservationSetting,
  type Observed,
  observeCase,
  type Steering,
} from './observe-case.ts';

/** The result of one case, with its console and transcript. */
export interface CaseRun {
  readonly judgement: Judgement;
  readonly error: KconformError | undefined;
  /** What the console said while the case ran. */
  readonly console: string;
  /** What the scenario did and observed, as far as it went; see Transcript. */
  readonly transcript: string;
  /** What was judged; missing where there was no guest. */
  readonly observed?: Observed;
}

/** Where a case runs. */
export interface CaseSetting extends ObservationSetting {
  readonly kernel: KernelFacts;
  /** `kvm` or `tcg` */
  readonly accelerator: string;
  /** Whether to scan for leaks after cases that do not ask for it. */
  readonly leaks: boolean;
  /** Why the case does not apply to the kernel on the machine that it asks for; undefined when it does. */
  unmetByMachine?(): Promise<string | undefined>;
  /** Observes a case in another way than over SSH; its machine then has a schedule. */
  readonly scheduled?: ((scenario: LoadedScenario, steering: Steering) => Promise<Observed>) | undefined;
}

/** Runs one case in a guest of its own and judges it. Never throws: an error is in the judgement, with its blame. */
export async function runCase(testCase: Case, setting: CaseSetting): Promise<CaseRun> {
  const { kernel, scheduled } = setting;
  if (testCase.loaded instanceof KconformError) {
    return notRun(testCase.loaded);
  }
  const { scenario, expectation } = testCase.loaded;
  const { schedule } = testCase.machine;
  let unmet = unmetBySuite(testCase.loaded, schedule === undefined ? setting.accelerator : 'tcg');
  const cannot = unmet === undefined ? unscheduled(testCase, setting.leaks) : undefined;
  if (cannot !== undefined && (expectation.machine ?? scenario.machine)?.schedule !== undefined)
    return notRun(scheduleError(cannot, 'change the case, or leave the schedule out of its machine'));
  unmet ??= cannot ?? unmetByKernel(expectation, kernel);
  try {
    unmet ??= await setting.unmetByMachine?.();
  } catch (error) {
    return notRun(asKconformError(error, 'harness', 'KC_BUG'));
  }
  if (unmet !== undefined) return { judgement: skip(unmet), error: undefined, console: '', transcript: '' };
  const steering = steeringOf(expectation, setting.leaks);
  const observed = await (scheduled?.(scenario, steering) ?? observeCase(scenario, steering, setting));
  return { ...judgeCase(observed, testCase.loaded, kernel, schedule), observed };
}

/** Why the suite of a case does not want it to be run. */
export function unmetBySuite({ leftOut, slow }: LoadedCase, accelerator: string): string | undefined {
  if (leftOut !== undefined) return `left out: ${leftOut}`;
  if (slow === undefined || accelerator === 'kvm') return undefined;
  return `slow under software emulation, and not named alone: ${slow}`;
}

/** @param leaks whether leaks are looked for where the case does not ask for it */
export function steeringOf(expectation: Expectation, leaks: boolean): Steering {
  const { needs = {}, limitMs } = expectation;
  const { files, features } = needs;
  return {
    needs: { ...(files && { files }), ...(features && { features }) },
    limitMs,
    leaks: leaks || needsLeaks(expectation),
  };
}

/** The verdict on what a guest showed of a case that applies to the kernel. Never throws. @param schedule of the guest, if it has one */
export function judgeCase(
  seen: CaseOutcome,
  loaded: Pick<LoadedCase, 'expectation' | 'judge'>,
  kernel: KernelFacts,
  schedule?: number,
): CaseRun {
  const { console, transcript, unmet, outcome, error, late } = seen;
  const left = { console, transcript };
  if (unmet !== undefined) return { judgement: skip(unmet), error: undefined, ...left };
  if (loaded.judge !== undefined) return { judgement: loaded.judge(seen), error: error ?? late, ...left };
  const { expectation } = loaded;
  const input = { expectation, outcome, kernel, meetsNeeds: true, schedule } as const;
  if (error !== undefined) return { judgement: judge({ ...input, error }), error, ...left };
  const judgement = judge(input);
  // Evidence against the kernel outranks a doubt about the case.
  if (late === undefined || judgement.verdict === 'FAIL') return { judgement, error: undefined, ...left };
  const { message: reason, blame } = late;
  return { judgement: { ...judgement, verdict: 'ERROR', reason, blame }, error: late, ...left };
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
