import { describeSplat } from '../../bug-reports/splat/asked-splat.ts';
import type { Judgement } from '../../expect/judge/judge.ts';
import { leavesOf } from '../../expect/judge/leaves.ts';
import { noReports, type Outcome, type Splat } from '../../expect/outcome.ts';
import { findingOf, headline } from '../../report/text/attempt.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import type { CaseOutcome } from '../../run/case/observe-case.ts';

/** What counts as reproduced where it is a certain splat of the kernel. */
export type IsWanted = (splat: Splat) => boolean;

/**
 * The verdict on a file that says itself whether it is reproduced, as `repro` tells it: FAIL where the kernel misbehaved or the file
 * failed, PASS where neither complains, ERROR where nothing can be said of the kernel. Its observations are listed, and not judged.
 * @param isWanted only this splat counts
 */
export function judgeFile(seen: CaseOutcome, isWanted?: IsWanted): Judgement {
  const { outcome, console } = seen;
  const failure = seen.error ?? seen.late;
  if (outcome === undefined) {
    const { message = 'nothing was observed', blame = 'harness' } = failure ?? {};
    return { verdict: 'ERROR', reason: message, blame, observations: [], oracles: noReports };
  }
  return judgeRun({ console, outcome, failure }, isWanted);
}

/** Judges a run that has an outcome. @param isWanted only this splat counts */
export function judgeRun(run: ScenarioRun & { readonly outcome: Outcome }, isWanted?: IsWanted): Judgement {
  const { outcome } = run;
  const failure = 'failure' in run ? run.failure : undefined;
  const ruling = isWanted === undefined ? byFinding(run) : bySplat(run, outcome.oracles.splats, isWanted);
  const observations = leavesOf(outcome.observations ?? {})
    .filter(({ path }) => path !== '')
    .map(({ path, expected }) => ({ path, verdict: 'PASS' as const, expected, observed: expected }));
  const blame = ruling.verdict === 'ERROR' ? { blame: failure?.blame ?? ('case' as const) } : {};
  return { ...ruling, ...blame, observations, oracles: outcome.oracles };
}

type Ruling = Pick<Judgement, 'verdict' | 'reason' | 'blame'>;

function byFinding(run: ScenarioRun): Ruling {
  const reason = headline(run);
  switch (findingOf(run)) {
    case 'misbehaved':
    case 'failed':
      return { verdict: 'FAIL', reason, blame: 'kernel' };
    case 'skipped':
      return { verdict: 'SKIP', reason };
    case 'unknown':
    case 'another':
      return { verdict: 'ERROR', reason };
    case 'nothing':
      return { verdict: 'PASS' };
  }
}

/** As repro: what ended before its time, failed, or came after another splat may not have come to the one that is looked for. */
function bySplat(run: ScenarioRun, splats: readonly Splat[], isWanted: IsWanted): Ruling {
  const wanted = splats.find(isWanted);
  if (wanted !== undefined) return { verdict: 'FAIL', reason: describeSplat(wanted), blame: 'kernel' };
  const finding = findingOf(run);
  if (finding === 'nothing') return { verdict: 'PASS' };
  if (finding === 'skipped') return { verdict: 'SKIP', reason: headline(run) };
  const [other] = splats;
  const what =
    other === undefined ? headline(run).replace(/^undetermined: /, '') : `another splat: ${describeSplat(other)}`;
  return { verdict: 'ERROR', reason: `undetermined: ${what}, without the splat that is asked for` };
}
