import { print } from '../../expect/matchers/print.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { printEvidence } from './evidence.ts';
import { printOracles } from './failure.ts';
import { plain, table } from './text.ts';

/**
 * - misbehaved: the kernel died or hung, or an oracle saw something
 * - failed: the scenario ended by itself with an exit code that is not 0, or by a signal
 * - unknown: nothing can be said of the kernel
 * - nothing: neither the scenario nor an oracle complains
 */
type Finding = 'misbehaved' | 'failed' | 'unknown' | 'nothing';

/** What one run of a scenario says of the report that it reproduces. */
export function findingOf(seen: ScenarioRun): Finding {
  if (hasHit(seen)) return 'misbehaved';
  if ('unmet' in seen || seen.failure !== undefined || endOf(seen)?.started === false) return 'unknown';
  if (endOf(seen) !== undefined) return 'failed';
  return faultOf(seen) === undefined ? 'nothing' : 'unknown';
}

/** True for what a reproducer is written for: the kernel misbehaved, or the reproducer itself says that something is wrong. */
export function isReproduced(seen: ScenarioRun): boolean {
  return ['misbehaved', 'failed'].includes(findingOf(seen));
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

/** The result of one run of a scenario, as text that ends with a line feed. */
export function printAttempt(version: string, seen: ScenarioRun, number: number | undefined): string {
  const lines = [`${version}${number === undefined ? '' : ` #${number}`}: ${headline(seen)}`];
  if ('outcome' in seen) {
    const { failure, outcome } = seen;
    const rows = Object.entries(outcome.observations ?? {}).map(([name, value]) => [name, plain(print(value, name))]);
    lines.push(...table(rows).map((line) => `  ${line}`));
    lines.push(...printOracles(outcome).map((line) => `  ${line}`));
    if (failure !== undefined) lines.push(...printEvidence(failure.evidence).map((line) => `  ${line}`));
    if (failure?.hint !== undefined) lines.push(`  ${plain(failure.hint)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Of several runs on one kernel, how many were hits. */
export function printTally(version: string, all: readonly ScenarioRun[]): string {
  return `${version}: ${tallyOf(all)}\n`;
}

/** `2 of 50 runs made the kernel misbehave, 1 undetermined` */
export function tallyOf(all: readonly ScenarioRun[]): string {
  const count = (finding: Finding) => all.filter((one) => findingOf(one) === finding).length;
  const more = [
    ...(count('failed') === 0 ? [] : [`${count('failed')} failed by themselves`]),
    ...(count('unknown') === 0 ? [] : [`${count('unknown')} undetermined`]),
  ].map((text) => `, ${text}`);
  const runs = `${all.length} ${all.length === 1 ? 'run' : 'runs'}`;
  return `${count('misbehaved')} of ${runs} made the kernel misbehave${more.join('')}`;
}

/** What one run says, in a line. */
export function headline(seen: ScenarioRun): string {
  const finding = findingOf(seen);
  const end = 'failure' in seen && seen.failure !== undefined ? undefined : endOf(seen)?.text;
  if (finding !== 'misbehaved') return plain(end ?? faultOf(seen) ?? 'nothing suspicious');
  const why = 'failure' in seen && seen.failure !== undefined ? `: ${plain(seen.failure.message)}` : '';
  return `the kernel misbehaved${why}`;
}
