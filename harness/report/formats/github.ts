import type { Verdict } from '../../expect/outcome.ts';
import type { CaseResult } from '../../run/events.ts';
import { describe } from '../failure.ts';
import type { RunRecord } from '../record.ts';
import { plain } from '../text.ts';
import { countVerdicts } from '../totals.ts';

/** GitHub shows at most ten annotations of a level and step. */
const SHOWN = 10;

/** How much of one annotation is worth showing, in characters. */
const LENGTH = 4000;

/**
 * Workflow commands of GitHub Actions: FAIL, XPASS and ERROR are errors, XFAIL and SKIP are told by one notice with the totals.
 * Beyond what GitHub shows of a step, one error says how many there are.
 */
export function githubAnnotations(record: RunRecord): string {
  const wrong = record.cases.map(({ result }) => result).filter(({ verdict }) => isWrong(verdict));
  const shown = wrong.length > SHOWN ? wrong.slice(0, SHOWN - 1) : wrong;
  const lines = shown.map((result) => command('error', titleOf(result), describe(result).slice(1).join('\n')));
  const left = wrong.length - shown.length;
  if (left > 0) lines.push(command('error', `${left} more are not as expected`, 'The step summary has them all.'));
  const counts = Object.entries(countVerdicts(record.cases.map(({ result }) => result)))
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  lines.push(command('notice', 'kconform', counts.join(', ') || 'no case was judged'));
  return `${lines.join('\n')}\n`;
}

/**
 * What to print before and after other output, so that nothing in it is taken for a workflow command: a guest's console may
 * hold `::stop-commands::` or, anywhere in a line, `##[error]`.
 * @param token a word that no guest can guess
 */
export function withoutCommands(token: string): { readonly before: string; readonly after: string } {
  return { before: `::stop-commands::${token}\n`, after: `::${token}::\n` };
}

export function isWrong(verdict: Verdict): boolean {
  return verdict === 'FAIL' || verdict === 'XPASS' || verdict === 'ERROR';
}

function titleOf({ verdict, case: name, kernel }: CaseResult): string {
  return `${verdict} ${name} on ${kernel.version}`;
}

function command(level: 'error' | 'notice', title: string, message: string): string {
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
