import { randomUUID } from 'node:crypto';
import { isUnexpected } from '../../expect/outcome.ts';
import type { CaseResult } from '../../run/events.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { namesIn, type RunRecord } from '../../run/results/record.ts';
import { countVerdicts } from '../../run/results/totals.ts';
import { type Compared, type Comparison, isGrave } from '../../series/compare.ts';
import { describe } from '../text/failure.ts';
import { describeChange, nothingInCommon, summarise } from '../text/series/comparison.ts';
import { plain } from '../text/text.ts';

/** GitHub shows at most ten annotations of a level and step. */
const SHOWN = 10;

/** Standard output, or what stands in for it. */
export interface Output {
  write(text: string): unknown;
}

/** How much of one annotation is worth showing, in characters. */
const LENGTH = 4000;

/**
 * Workflow commands of GitHub Actions: FAIL, XPASS and ERROR are errors, XFAIL and SKIP are told by one notice with the totals.
 * Beyond what GitHub shows of a step, one error says how many there are.
 */
export function githubAnnotations(record: RunRecord): string {
  const nameOf = namesIn(record);
  const wrong = record.cases.map(({ result }) => result).filter(({ verdict }) => isUnexpected(verdict));
  const all = wrong.map((result) => [titleOf(result, nameOf), describe(result, nameOf).slice(1).join('\n')] as const);
  const lines = annotate('error', all, 'are not as expected');
  const counts = Object.entries(countVerdicts(record.cases.map(({ result }) => result)))
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  lines.push(command('notice', 'kconform', counts.join(', ') || 'no case was judged'));
  return `${lines.join('\n')}\n`;
}

/**
 * The same of a run that is held against an earlier one, as that comparison's exit code takes it: regressions, new cases
 * with FAIL or XPASS, and new ERRORs are errors; what came to different verdicts within one run are warnings; what was wrong
 * before is part of the notice.
 */
export function comparisonAnnotations(comparison: Comparison): string {
  const all = (which: (one: Compared) => boolean) =>
    comparison.compared.filter(which).map((one) => {
      return [`${one.change} ${one.case} on ${one.kernel}`, describeChange(one).join('\n')] as const;
    });
  const nothing = nothingInCommon(comparison);
  const lines = [
    ...(nothing === undefined ? [] : [command('error', 'kconform', nothing)]),
    ...annotate('error', all(isGrave), 'are worse than before'),
    ...annotate(
      'warning',
      all((one) => one.change === 'unstable' && !isGrave(one)),
      'are unstable',
    ),
    command('notice', 'kconform against an earlier run', summarise(comparison)),
  ];
  return `${lines.join('\n')}\n`;
}

function annotate(level: Level, all: readonly (readonly [title: string, message: string])[], what: string): string[] {
  const shown = all.length > SHOWN ? all.slice(0, SHOWN - 1) : all;
  const lines = shown.map(([title, message]) => command(level, title, message));
  const left = all.length - shown.length;
  return left === 0 ? lines : [...lines, command(level, `${left} more ${what}`, 'The log of the step has them all.')];
}

/**
 * What to print before and after other output, so that nothing in it is taken for a workflow command: a guest's console may
 * hold `::stop-commands::` or, anywhere in a line, `##[error]`.
 * @param token a word that no guest can guess
 */
function withoutCommands(token: string): { readonly before: string; readonly after: string } {
  return { before: `::stop-commands::${token}\n`, after: `::${token}::\n` };
}

/** On GitHub keeps what is printed from here on from being taken for commands, until its `end`, which gives ours; elsewhere, nothing. */
export function guardOutput(stdout: Output, environment: { readonly GITHUB_ACTIONS?: string | undefined }) {
  if (environment.GITHUB_ACTIONS !== 'true') return { end: (_annotations: string) => {} };
  const { before, after } = withoutCommands(randomUUID());
  stdout.write(before);
  return { end: (annotations: string) => void stdout.write(`${after}${annotations}`) };
}

function titleOf({ verdict, case: name, kernel }: CaseResult, nameOf: NameOf): string {
  return `${verdict} ${name} on ${nameOf(kernel)}`;
}

type Level = 'error' | 'warning' | 'notice';

function command(level: Level, title: string, message: string): string {
  const lines = message.slice(0, LENGTH).split('\n').map(plain).join('\n');
  return `::${level} title=${escapeProperty(plain(title))}::${escapeData(lines)}`;
}

/** As @actions/core escapes what follows the second `::`. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
