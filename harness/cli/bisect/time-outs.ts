/** A scenario that does not end is a result of its own, once a second run with twice the time has confirmed it. */

import { END_OF_SCENARIO } from '../../guest/limits/waiting.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import type { CaseResult } from '../../run/events.ts';
import { progressToStderr } from '../options.ts';

/** The scenario ran into its limit while the guest still answered, and the kernel reported nothing. */
export function isTimeOut({ verdict, blame, evidence, oracles }: CaseResult): boolean {
  const isOfScenario = verdict === 'ERROR' && blame === 'case' && evidence?.awaited === END_OF_SCENARIO;
  return isOfScenario && oracles.splats.length === 0;
}

/** Where and until when guests run. */
export interface Running {
  readonly accel: Accelerator | undefined;
  readonly signal: AbortSignal;
}

/** The case with a limit of so many seconds under the accelerator that a run uses. */
export async function withLimit(
  testCase: Case,
  seconds: number | undefined,
  sample: PlannedKernel | undefined,
  { accel, signal }: Running,
): Promise<Case> {
  const { loaded } = testCase;
  if (seconds === undefined || sample === undefined || loaded instanceof Error) return testCase;
  const { limits } = await prepareEnvironment(await sample.obtain(), accel, progressToStderr, signal);
  const limitMs = (seconds * 1000) / limits.scale;
  return { ...testCase, loaded: { ...loaded, expectation: { ...loaded.expectation, limitMs } } };
}

/** Runs a case on kernels. */
export type RunOn = (kernels: readonly PlannedKernel[], testCase: Case) => Promise<readonly CaseResult[]>;

/**
 * Results in which each time-out has been looked at again, with twice the time. Confirmed, it is FAIL: the scenario does not end. Else
 * the second result counts.
 */
export async function confirmTimeOuts(
  results: readonly CaseResult[],
  kernels: readonly PlannedKernel[],
  { testCase, runOn, running }: { testCase: Case; runOn: RunOn; running: Running },
): Promise<readonly CaseResult[]> {
  const late = results.filter(isTimeOut);
  if (late.length === 0) return results;
  const own = kernels.filter(({ id }) => late.some(({ kernel }) => kernel.id === id));
  const [first] = late;
  const seconds = (first?.evidence?.afterMs ?? 0) / 1000;
  progressToStderr(
    `did not end within ${seconds} s on ${own.map(({ version }) => version).join(', ')}; again with twice the time`,
  );
  const again = await runOn(own, await withLimit(testCase, 2 * seconds, own[0], running));
  return results.map((result) => {
    // The boot of the kernel is among the results too.
    const isOwn = (other: CaseResult) => other.case === result.case && other.kernel.id === result.kernel.id;
    const second = isTimeOut(result) ? again.find(isOwn) : undefined;
    return second === undefined ? result : judged(result, second);
  });
}

function judged(first: CaseResult, second: CaseResult): CaseResult {
  const seconds = (result: CaseResult) => (result.evidence?.afterMs ?? 0) / 1000;
  if (!isTimeOut(second)) {
    const reason = `${second.reason === undefined ? '' : `${second.reason}; `}did not end within ${seconds(first)} s in a first run`;
    return { ...second, reason };
  }
  const { blame: _, ...rest } = second;
  const reason = `${NO_END} within ${seconds(first)} s, nor within ${seconds(second)} s`;
  return { ...rest, verdict: 'FAIL', reason };
}

const NO_END = 'did not end';

/** Whether it is FAIL for the reason that its scenario does not end. */
export function isWithoutEnd({ verdict, reason = '' }: CaseResult): boolean {
  return verdict === 'FAIL' && reason.startsWith(NO_END);
}
