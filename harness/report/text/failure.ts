import type { Evidence } from '../../errors/error.ts';
import { leakLines } from '../../expect/judge/oracles.ts';
import { KMEMLEAK_NOT_ASKED, type Splat } from '../../expect/outcome.ts';
import { describeMachine } from '../../machine/describe.ts';
import type { CaseResult, Retry } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { type Paint, painter, verdictStyle } from './colour.ts';
import { printDifferences } from './differences.ts';
import { printEvidence } from './evidence.ts';
import { splatLines, withoutRegisters } from './splat-lines.ts';
import { plain, shorten } from './text.ts';

/** How long a line may be: a guest may observe megabytes; results.json has all of it. */
const LINE_WIDTH = 2_000;

/** How many lines of one splat or leak are shown. */
const shownLines = 30;

/** Verdicts that fail the run, each in full. What ended several cases at once (a kernel that does not boot) is printed once. */
export function printFailures(results: readonly CaseResult[], nameOf: NameOf, paint: Paint): string[] {
  const alike = new Map<unknown, CaseResult[]>();
  for (const result of results) {
    const error = result.evidence ?? result; // one error has one evidence, however many cases it ended
    alike.set(error, [...(alike.get(error) ?? []), result]);
  }
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const names = others.map(({ case: name }) => name).join(', ');
    return ['', ...printFailure(first, nameOf, paint), ...(names === '' ? [] : [`  same failure: ${names}`])];
  });
}

/** The same for one case, without colours: for reports that hold text. */
export function describe(result: CaseResult, nameOf: NameOf): string[] {
  return printFailure(result, nameOf, painter(false)).map(plain);
}

/** All that a reader needs of a verdict that fails the run. */
function printFailure(result: CaseResult, nameOf: NameOf, paint: Paint): string[] {
  const verdict = paint(verdictStyle[result.verdict], result.verdict);
  const lines = [`${verdict} ${paint('bold', `${result.case} on ${plain(nameOf(result.kernel))}`)}`];
  if (result.machine !== undefined) lines.push(`  machine: ${plain(describeMachine(result.machine))}`);
  if (result.reason !== undefined) lines.push(`  ${plain(result.reason)}`);
  if (result.retries !== undefined) lines.push(`  ${retriesLine(result.retries)}`);
  if (result.blame !== undefined && result.verdict === 'ERROR') lines.push(`  to blame: the ${result.blame}`);
  if (result.fix !== undefined) lines.push(`  ${fixLine(result)}`);
  lines.push(...printDifferences(result.observations).map((line) => `  ${line}`));
  lines.push(...printOracles(result).map((line) => `  ${line}`));
  lines.push(...printEvidence(untold(result.evidence, result.oracles.splats)).map((line) => `  ${line}`));
  if (result.hint !== undefined) lines.push(`  hint: ${plain(result.hint)}`);
  lines.push(`  run it again: ${result.rerun}`);
  return lines.map((line) => shorten(line, LINE_WIDTH));
}

/** The evidence without those lines of the console that the splats tell already. */
export function untold(evidence: Evidence = {}, splats: readonly Splat[] = []): Evidence {
  const { console, ...others } = evidence;
  if (console === undefined) return others;
  const told = new Set(splatLines(console, splats));
  const left = console.filter((_, place) => !told.has(place));
  return left.length === 0 && splats.length > 0 ? others : { ...others, console: left };
}

function retriesLine(retries: readonly Retry[]): string {
  const each = retries.map(
    ({ isolation, verdict }) => `${verdict} in a ${isolation === 'cold' ? 'cold guest' : 'fresh clone'}`,
  );
  return `repeated: ${each.join(', ')}`;
}

function fixLine({ verdict, fix }: CaseResult): string {
  if (verdict === 'FAIL') return `fix that this version should have but seems to be missing: ${fix}`;
  return `fix of the declared bug: ${fix}`;
}

/** What the oracles saw, and which could not look. */
export function printOracles({ oracles }: Pick<CaseResult, 'oracles'>): string[] {
  const block = (title: string, text: readonly string[]) => [
    `${title}:`,
    ...text.slice(0, shownLines).map((line) => `  | ${plain(line)}`.trimEnd()),
    ...(text.length > shownLines ? [`  (${text.length - shownLines} more lines)`] : []),
  ];
  return [
    ...oracles.splats.flatMap((splat) => block(`splat (${splat.kind})`, withoutRegisters(splat.text))),
    ...oracles.leaks.flatMap((leak) => block('leak', leakLines(leak))),
    ...oracles.counters,
    ...(oracles.taints.length > 0 ? [`new taints: ${oracles.taints.join(' ')}`] : []),
    ...Object.entries(oracles.unavailable)
      .filter(([, why]) => why !== KMEMLEAK_NOT_ASKED)
      .map(([name, why]) => `not watched: ${name} (${plain(why)})`),
  ];
}
