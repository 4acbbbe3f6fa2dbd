import { type AskedSplat, answerOf, describeSplat, type SplatAnswer } from '../../bug-reports/splat/asked-splat.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';

/** A run to which a splat is the question. */
export type AnsweredRun = ScenarioRun & { readonly asked: AskedSplat };

export function isAnswered(seen: ScenarioRun): seen is AnsweredRun {
  return seen.asked !== undefined;
}

/** Whether the splat that is asked for came. */
export function splatAnswerOf(seen: AnsweredRun): SplatAnswer {
  return 'unmet' in seen ? 'none' : answerOf(seen.asked, seen.outcome.oracles.splats);
}

/**
 * What a run says of the splat that is asked for, in a line.
 * @param end how the scenario fell over, if it did
 * @param isHit whether an oracle saw something
 */
export function answerText(seen: AnsweredRun, end: string | undefined, isHit: boolean): string {
  const { asked } = seen;
  const answer = splatAnswerOf(seen);
  const report = `the splat of the report: ${describeSplat(asked)}`;
  if (answer === 'same') return `reproduced ${report}`;
  if (answer === 'another') {
    const [first] = 'outcome' in seen ? seen.outcome.oracles.splats : [];
    const other = first === undefined ? '' : `: ${describeSplat(first)}`;
    return `undetermined: another splat${other}. It is not ${report}`;
  }
  if ('failure' in seen && seen.failure?.blame === 'kernel')
    return `undetermined: the kernel misbehaved (${seen.failure.message}) without ${report}`;
  if (isHit) return `undetermined: the kernel misbehaved in another way, without ${report}`;
  if (end !== undefined) return `undetermined: ${end}, without ${report}`;
  return `not reproduced: without ${report}`;
}
