import { leakLines } from '../../../expect/judge/oracles.ts';
import { describeMachine } from '../../../machine/describe.ts';
import type { NameOf } from '../../../run/kernel-names.ts';
import type { RecordedCase } from '../../../run/results/record.ts';
import { splatLines } from '../../text/splat-lines.ts';
import { duration, plain } from '../../text/text.ts';

/** The details of a cell, as page.mjs shows them and its tests read them. */
export interface Detail {
  readonly case: string;
  /** Its name, as the matrix has it. */
  readonly kernel: string;
  readonly verdict: string;
  /** Name and value of what there is to say: the reason, a fix, whom to blame, how to run it again. */
  readonly facts: readonly (readonly [string, string])[];
  /** Path, verdict, expected, observed. */
  readonly observations: readonly (readonly [string, string, string, string])[];
  /** Title and lines of splats, leaks, evidence. */
  readonly reports: readonly (readonly [string, readonly string[]])[];
  readonly console: readonly string[];
  /** Places in `console` that are part of a splat. */
  readonly splatLines: readonly number[];
  readonly transcript: readonly string[];
}

/** Every text made safe to show: no control characters, nothing that turns the direction of writing around. */
export function detailOf({ result, console, transcript }: RecordedCase, nameOf: NameOf): Detail {
  const { kernel, verdict, reason, fix, blame, durationMs, evidence = {}, oracles, retries = [] } = result;
  const lines = linesOf(console);
  const facts: [string, string | undefined][] = [
    ['reason', reason],
    ['fix', fix],
    ['to blame', verdict === 'PASS' || verdict === 'XFAIL' ? undefined : blame],
    ['hint', result.hint],
    ['awaited', evidence.awaited],
    ['new taints', oracles.taints.join(' ') || undefined],
    ...oracles.counters.map((counter): [string, string] => ['counted', counter]),
    ...Object.entries(oracles.unavailable).map(([name, why]): [string, string] => [`not watched: ${name}`, why]),
    ...retries.map((retry): [string, string] => [
      retry.isolation === 'cold' ? 'again in a cold guest' : 'again in a fresh clone',
      [retry.verdict, ...(retry.reason === undefined ? [] : [retry.reason])].join(': '),
    ]),
    ['took', duration(durationMs)],
    ['kernel', kernel.package ?? kernel.spec],
    ['machine', result.machine && describeMachine(result.machine)],
    ['SHA-256 of the kernel', kernel.sha256],
    ['whole log', evidence.log],
    ['run it again', result.rerun],
  ];
  return {
    case: plain(result.case),
    kernel: plain(nameOf(kernel)),
    verdict,
    facts: facts.flatMap(([name, value]) => (value === undefined ? [] : ([[plain(name), plain(value)]] as const))),
    observations: result.observations.map((leaf) => [
      plain(leaf.path) || '(outcome)',
      leaf.verdict,
      plain(leaf.expected),
      plain(leaf.observed),
    ]),
    reports: [
      ...oracles.splats.map((splat) => [`splat: ${plain(splat.title)}`, splat.text.map(plain)] as const),
      ...oracles.leaks.map((leak) => ['leak', leakLines(leak).map(plain)] as const),
      ...(evidence.console === undefined || lines.length > 0
        ? []
        : [['last lines of the console', evidence.console.map(plain)] as const]),
      ...(evidence.output === undefined ? [] : [['output', linesOf(evidence.output)] as const]),
    ],
    console: lines,
    splatLines: splatLines(lines, oracles.splats),
    transcript: linesOf(transcript),
  };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map(plain);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}
