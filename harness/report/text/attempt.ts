import { describeSplat } from '../../bug-reports/splat/asked-splat.ts';
import { print } from '../../expect/matchers/print.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { type ObservedResults, resultsAmong } from '../../scenario/results/observations.ts';
import { printEvidence } from './evidence.ts';
import { printOracles, untold } from './failure.ts';
import { answerText, isAnswered, splatAnswerOf } from './splat-answer.ts';
import { plain, table } from './text.ts';

/**
 * - misbehaved: the kernel died or hung, or an oracle saw something
 * - failed: the scenario ended by itself with an exit code that is not 0, or by a signal, or a subtest of it failed
 * - skipped: it says itself that it tested nothing
 * - another: the kernel misbehaved, and not by the splat that is asked for
 * - unknown: nothing can be said of the kernel, or of the splat that is asked for
 * - nothing: neither the scenario nor an oracle complains, or the splat that is asked for did not come
 */
type Finding = 'misbehaved' | 'failed' | 'skipped' | 'another' | 'unknown' | 'nothing';

/** What one run of a scenario says of the report that it reproduces. */
export function findingOf(seen: ScenarioRun): Finding {
  const finding = plainFinding(seen);
  if (!isAnswered(seen)) return finding;
  if (finding === 'misbehaved') return splatAnswerOf(seen) === 'same' ? 'misbehaved' : 'another';
  // A program that fails may have failed before it came to the bug.
  return finding === 'failed' ? 'unknown' : finding;
}

/** The exit code of a command that reproduces: 1 reproduced, 0 not, 2 undetermined, which it is too where all runs were skipped. */
export function exitCodeOfRuns(runs: readonly ScenarioRun[]): 0 | 1 | 2 {
  const findings = new Set(runs.map(findingOf));
  if (findings.has('misbehaved') || findings.has('failed')) return 1;
  return findings.has('another') || findings.has('unknown') || !findings.has('nothing') ? 2 : 0;
}

function plainFinding(seen: ScenarioRun): Finding {
  if (hasHit(seen)) return 'misbehaved';
  if ('unmet' in seen) return 'unknown';
  if (seen.failure?.code === 'KC_SCENARIO_ASSERTED') return 'failed';
  if (seen.failure !== undefined || endOf(seen)?.started === false) return 'unknown';
  const status = resultsOf(seen)?.status;
  if (status === 'broken') return 'unknown';
  if (status === 'fail' || (status === undefined && endOf(seen) !== undefined)) return 'failed';
  if (faultOf(seen) !== undefined) return 'unknown';
  if (status === 'skip') return 'skipped';
  return (seen.lacking ?? []).length > 0 ? 'unknown' : 'nothing';
}

/** True for what a reproducer is written for: the kernel misbehaved, or the reproducer itself says that something is wrong. */
export function isReproduced(seen: ScenarioRun): boolean {
  return ['misbehaved', 'failed'].includes(findingOf(seen));
}

function resultsOf(seen: ScenarioRun): ObservedResults | undefined {
  return 'outcome' in seen ? resultsAmong(seen.outcome.observations ?? {}) : undefined;
}

/** How a scenario in shell or C fell over; undefined where it did not, and for one in TypeScript, which throws. */
function endOf(seen: ScenarioRun): { readonly text: string; readonly started: boolean } | undefined {
  const observations = 'outcome' in seen ? (seen.outcome.observations ?? {}) : {};
  if (!('exitCode' in observations && 'signal' in observations && 'output' in observations)) return undefined;
  const { exitCode, signal } = observations;
  if (typeof signal === 'string') return { text: `${signal} ended the scenario`, started: true };
  if (typeof exitCode !== 'number' || exitCode === 0) return undefined;
  // The shell's statuses for a program that cannot be run, or that is missing.
  if (exitCode === 126 || exitCode === 127) {
    return { text: `a program could not be started: exit code ${exitCode}`, started: false };
  }
  return { text: `the scenario failed: exit code ${exitCode}`, started: true };
}

/** True when the kernel misbehaved: it died or hung, or an oracle saw something. */
function hasHit(seen: ScenarioRun): boolean {
  if ('unmet' in seen) return false;
  const { splats, leaks, taints, counters } = seen.outcome.oracles;
  return seen.failure?.blame === 'kernel' || splats.length + leaks.length + taints.length + counters.length > 0;
}

/** Why nothing can be said of the kernel, as a line; undefined when something can. */
function faultOf(seen: ScenarioRun): string | undefined {
  if ('unmet' in seen) return seen.unmet;
  if (seen.failure !== undefined) return `undetermined: ${seen.failure.message}`;
  const blind = Object.entries(seen.outcome.oracles.unavailable).filter(([oracle]) => oracle !== 'kmemleak');
  const [first] = blind;
  return first === undefined ? undefined : `the ${first[0]} oracle could not look: ${first[1]}`;
}

/** The result of one run of a scenario, as text that ends with a line feed. What it printed was shown while it ran. */
export function printAttempt(version: string, seen: ScenarioRun, number: number | undefined): string {
  const lines = [`${version}${number === undefined ? '' : ` #${number}`}: ${headline(seen)}`];
  if ('outcome' in seen) {
    const { failure, outcome } = seen;
    const results = resultsOf(seen);
    const rows = Object.entries(outcome.observations ?? {})
      .filter(([name]) => name !== 'output' && (results === undefined || !TOLD_BY_RESULTS.includes(name)))
      .map(([name, value]) => [name, plain(print(value, name))]);
    lines.push(...table(rows).map((line) => `  ${line}`));
    if (results !== undefined) lines.push(...printResults(results).map((line) => `  ${line}`));
    lines.push(...printOracles(outcome).map((line) => `  ${line}`));
    if (failure !== undefined)
      lines.push(...printEvidence(untold(failure.evidence, outcome.oracles.splats)).map((line) => `  ${line}`));
    if (failure?.hint !== undefined) lines.push(`  ${plain(failure.hint)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Observations that printResults prints. */
const TOLD_BY_RESULTS: readonly string[] = ['status', 'reason', 'problems', 'subtests', 'comments'];

/** Subtests that did not pass, a line each, and problems. */
function printResults({ problems, subtests }: ObservedResults): string[] {
  const notable = subtests.filter(({ status }) => status !== 'pass');
  return [
    ...problems.map((problem) => `problem: ${plain(problem)}`),
    ...table(
      notable.map(({ name, status, comment = '' }) => [status, plain(name), plain(comment.split('\n')[0] ?? '')]),
    ),
  ];
}

/** `3 of 19 subtests failed: a, b, c`, or what else decided. */
function resultsText({ status, reason = '', subtests }: ObservedResults): string {
  const failed = subtests.filter(({ status: one }) => !['pass', 'skip', 'xfail'].includes(one));
  const count = `${subtests.length} ${subtests.length === 1 ? 'subtest' : 'subtests'}`;
  if (status === 'skip') return `skipped: ${reason}`;
  if (comparesWithReport(reason)) return reason;
  if (failed.length === 0) return `the scenario ${status === 'broken' ? 'is broken' : 'failed'}: ${reason}`;
  const names = failed.slice(0, 5).map(({ name }) => name);
  return `${failed.length} of ${count} failed: ${names.join(', ')}${failed.length > 5 ? ', …' : ''}`;
}

/** The commands of a report compare what they print with the report, and say it in full. */
function comparesWithReport(reason: string): boolean {
  return /^(?:not )?reproduced: /.test(reason);
}

/** `18 subtests passed, 1 skip` */
function countText({ subtests }: ObservedResults): string {
  const counts = new Map<string, number>();
  for (const { status } of subtests) counts.set(status, (counts.get(status) ?? 0) + 1);
  const others = [...counts].filter(([status]) => status !== 'pass').map(([status, count]) => `, ${count} ${status}`);
  return subtests.length === 0 ? '' : ` (subtests: ${counts.get('pass') ?? 0} pass${others.join('')})`;
}

/** Of several runs on one kernel, how many were hits. */
export function printTally(version: string, all: readonly ScenarioRun[]): string {
  return `${version}: ${tallyOf(all)}\n`;
}

/** `2 of 50 runs made the kernel misbehave, 1 undetermined` */
export function tallyOf(all: readonly ScenarioRun[]): string {
  const count = (finding: Finding) => all.filter((one) => findingOf(one) === finding).length;
  const more = [
    ...(count('another') === 0 ? [] : [`${count('another')} made it misbehave in another way`]),
    ...(count('failed') === 0 ? [] : [`${count('failed')} failed by themselves`]),
    ...(count('skipped') === 0 ? [] : [`${count('skipped')} skipped`]),
    ...(count('unknown') === 0 ? [] : [`${count('unknown')} undetermined`]),
  ].map((text) => `, ${text}`);
  const runs = `${all.length} ${all.length === 1 ? 'run' : 'runs'}`;
  const isAsked = all.some(({ asked }) => asked !== undefined);
  const what = isAsked ? 'reproduced the splat of the report' : 'made the kernel misbehave';
  return `${count('misbehaved')} of ${runs} ${what}${more.join('')}`;
}

/** How the scenario failed, in the words of its own results if it has any. */
function endText(seen: ScenarioRun): string | undefined {
  const results = resultsOf(seen);
  const end = endOf(seen);
  if (results === undefined || end?.started === false) return end?.text;
  if (results.status !== 'fail' && results.status !== 'broken') return undefined;
  return `${results.status === 'broken' ? 'undetermined: ' : ''}${resultsText(results)}`;
}

/** What one run says, in a line. */
export function headline(seen: ScenarioRun): string {
  const finding = findingOf(seen);
  const results = resultsOf(seen);
  const end = 'failure' in seen && seen.failure !== undefined ? undefined : endText(seen);
  const isAnswer = finding === 'misbehaved' || finding === 'another' || finding === 'nothing' || end !== undefined;
  if (isAnswered(seen) && isAnswer) return plain(answerText(seen, end, hasHit(seen)));
  if (finding !== 'misbehaved') {
    const said =
      results !== undefined && (finding === 'skipped' || comparesWithReport(results.reason ?? ''))
        ? resultsText(results)
        : undefined;
    return plain(
      assertionText(seen) ??
        end ??
        faultOf(seen) ??
        lackingText(seen) ??
        said ??
        `nothing suspicious${results === undefined ? '' : countText(results)}`,
    );
  }
  const [splat] = 'outcome' in seen ? seen.outcome.oracles.splats : [];
  const why = splat === undefined ? failureText(seen) : describeSplat(splat);
  return `the kernel misbehaved${why === '' ? '' : `: ${plain(why)}`}`;
}

function assertionText(seen: ScenarioRun): string | undefined {
  const isOne = 'failure' in seen && seen.failure?.code === 'KC_SCENARIO_ASSERTED';
  return isOne ? `the scenario failed: ${failureText(seen)}` : undefined;
}

/** Why it says nothing that the bug did not show. */
function lackingText({ lacking = [] }: ScenarioRun): string | undefined {
  return lacking.length === 0 ? undefined : `undetermined: the bug did not show, and ${lacking.join('; ')}`;
}

function failureText(seen: ScenarioRun): string {
  return 'failure' in seen ? (seen.failure?.message ?? '') : '';
}
