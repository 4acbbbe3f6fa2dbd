import { print } from '../expect/print.ts';
import type { Seen } from '../run/observe.ts';
import { printEvidence } from './evidence.ts';
import { printOracles } from './failure.ts';
import { plain, table } from './text.ts';

/** True when the kernel misbehaved: it died or hung, or an oracle saw something. */
export function hasHit(seen: Seen): boolean {
  if ('unmet' in seen) return false;
  const { splats, leaks, taints, counters } = seen.outcome.oracles;
  return seen.failure?.blame === 'kernel' || splats.length + leaks.length + taints.length + counters.length > 0;
}

/** Why nothing can be said of the kernel, as a line; undefined when something can. */
export function faultOf(seen: Seen): string | undefined {
  if ('unmet' in seen) return seen.unmet;
  if (seen.failure !== undefined) return `it could not be run: ${seen.failure.message}`;
  const blind = Object.entries(seen.outcome.oracles.unavailable).filter(([oracle]) => oracle !== 'kmemleak');
  const [first] = blind;
  return first === undefined ? undefined : `the ${first[0]} oracle could not look: ${first[1]}`;
}

/** What one run of a scenario came to, as text that ends with a line feed. */
export function printAttempt(version: string, seen: Seen, number: number | undefined): string {
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
export function printTally(version: string, all: readonly Seen[]): string {
  const hits = all.filter(hasHit).length;
  return `${version}: ${hits} of ${all.length} ${all.length === 1 ? 'run' : 'runs'} made the kernel misbehave\n`;
}

function headline(seen: Seen): string {
  if (!hasHit(seen)) return plain(faultOf(seen) ?? 'nothing suspicious');
  const why = 'failure' in seen && seen.failure !== undefined ? `: ${plain(seen.failure.message)}` : '';
  return `the kernel misbehaved${why}`;
}
