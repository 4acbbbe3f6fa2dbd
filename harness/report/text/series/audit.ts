import type { Audited } from '../../../series/audit.ts';
import type { Failed, KernelAudit } from '../../../series/audit-kernels.ts';
import { type FixState, NOT_JUDGED } from '../../../series/shown.ts';
import type { Paint, Style } from '../colour.ts';
import { plain, shorten } from '../text.ts';

const STYLE: Readonly<Record<FixState, Style>> = { has: 'green', lacks: 'red', unknown: 'yellow' };
const WORDS: Readonly<Record<FixState, string>> = { has: 'has', lacks: 'lacks', unknown: 'undetermined' };

/** Of a reason. */
const WIDTH = 110;

/** Which fixes of one kernel are present, missing or undetermined, as text that ends with a line feed. */
export function printAudit(
  version: string,
  { commits: audited, failed }: Omit<KernelAudit, 'kernel'>,
  paint: Paint,
): string {
  const silent = audited.filter(isNotJudged);
  const told = audited.filter((one) => !isNotJudged(one));
  const fixes = told.filter(({ fixes }) => fixes);
  const others = told.filter(({ fixes }) => !fixes);
  const lines = [
    paint('bold', plain(version)),
    'fixes of declared bugs ("has": it behaves as with the fix, as does a kernel that never had the bug)',
    ...byArea(fixes, paint),
    ...(others.length === 0 ? [] : ['other commits that cases are about', ...byArea(others, paint)]),
    ...(silent.length === 0 ? [] : [notJudgedLine(silent)]),
    ...failedLines(failed),
  ];
  return `${lines.join('\n')}\n`;
}

function isNotJudged({ witnesses }: Audited): boolean {
  return witnesses.every(({ why }) => why === NOT_JUDGED);
}

/** Results of a few cases would give a line for each commit of all the others. */
function notJudgedLine(silent: readonly Audited[]): string {
  const cases = new Set(silent.flatMap(({ witnesses }) => witnesses.map((witness) => witness.case)));
  const commits = `${silent.length} ${silent.length === 1 ? 'commit' : 'commits'}`;
  return `undetermined: ${commits}, as ${cases.size} ${cases.size === 1 ? 'case was' : 'cases were'} not judged (--json lists them)`;
}

function failedLines(failed: readonly Failed[]): string[] {
  if (failed.length === 0) return [];
  const head = 'cases that failed, which says nothing about the kernel';
  return [head, ...failed.map((one) => `  ${plain(one.case)}: ${shorten(plain(one.why), WIDTH)}`)];
}

function byArea(audited: readonly Audited[], paint: Paint): string[] {
  const areas = new Set(audited.map(({ area }) => area));
  return [...areas].flatMap((area) => [
    `  ${plain(area)}`,
    ...audited.filter((one) => one.area === area).flatMap((one) => auditedLines(one, paint)),
  ]);
}

function auditedLines({ commit, cve, fixedIn, state, witnesses }: Audited, paint: Paint): string[] {
  const telling = witnesses.filter((witness) => witness.state === state);
  const facts = [...cve, ...(fixedIn.length === 0 ? [] : [`fixed in ${fixedIn.join(', ')}`])];
  const head = `    ${paint(STYLE[state], WORDS[state].padEnd(12))}  ${plain(commit)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  if (state === 'has') return [`${head}: ${telling.map((witness) => witness.case).join(', ')}`];
  const lines = telling.map((witness) => {
    const missed = witness.missed === true ? ' (missed: this version should have it)' : '';
    return `      ${witness.case}: ${shorten(plain(witness.why ?? ''), WIDTH)}${missed}`;
  });
  return [head, ...lines];
}
