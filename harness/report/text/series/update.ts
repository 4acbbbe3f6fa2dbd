import type { Cause } from '../../../series/causes.ts';
import type { Update, UpdateChange, UpdateKind } from '../../../series/update.ts';
import type { Paint, Style } from '../colour.ts';
import { plain, shorten } from '../text.ts';

const STYLE: Readonly<Record<UpdateKind, Style>> = { fixed: 'green', broken: 'red', changed: 'yellow' };

/** How many observations of one case are printed. */
const SHOWN = 8;
const WIDTH = 110;

/** What an update changes, by area; then what stays wrong, and what is not known. Text that ends with a line feed. */
export function printUpdate(update: Update, labels: ReadonlyMap<string, string>, paint: Paint): string {
  const { before, after, changes, stays, undetermined, inapplicable } = update;
  const names = [before, after].map((kernel) => plain(labels.get(kernel.id) ?? kernel.version));
  const lines = [paint('bold', `${names.join(' → ')}: ${summarise(update)}`)];
  for (const area of areasOf(changes)) {
    lines.push('', plain(area));
    for (const change of changes.filter((one) => one.area === area)) lines.push(...changeLines(change, paint));
  }
  if (stays.length > 0) {
    lines.push('', 'wrong on both:');
    for (const { case: name, reason = '' } of stays) lines.push(`  ${plain(name)}: ${short(reason)}`);
  }
  if (undetermined.length > 0) {
    lines.push('', 'undetermined:');
    for (const one of undetermined)
      lines.push(`  ${plain(one.case)}: ${short(one.before)} on ${names[0]}; ${short(one.after)} on ${names[1]}`);
  }
  if (inapplicable.length > 0)
    lines.push('', `${count(inapplicable.length, 'case applies', 'cases apply')} to neither (SKIP); --json lists them`);
  return `${lines.join('\n')}\n`;
}

function summarise({ changes, stays, undetermined, same }: Update): string {
  const kinds = (['fixed', 'broken', 'changed'] as const).map((kind) => {
    const number = changes.filter((one) => one.kind === kind).length;
    return number === 0 ? [] : [`${number} ${kind}`];
  });
  const told = [
    ...kinds.flat(),
    ...(stays.length === 0 ? [] : [`${stays.length} wrong on both`]),
    ...(undetermined.length === 0 ? [] : [`${undetermined.length} undetermined`]),
    `${same} the same`,
  ];
  return told.join(', ');
}

function areasOf(changes: readonly UpdateChange[]): string[] {
  return [...new Set(changes.map(({ area }) => area))].sort();
}

function changeLines({ kind, case: name, about, observations, reports, reason, causes }: UpdateChange, paint: Paint) {
  const told = [
    ...observations
      .slice(0, SHOWN)
      .map((one) => `${plain(one.path) || '(outcome)'}: ${value(one.before)} → ${value(one.after)}`),
    ...(observations.length > SHOWN ? [`and ${observations.length - SHOWN} more observations`] : []),
    ...reports.before.map((report) => `before: ${short(report)}`),
    ...reports.after.map((report) => `now: ${short(report)}`),
  ];
  const details =
    told.length === 0 && reason !== undefined ? [`${kind === 'broken' ? 'now' : 'before'}: ${short(reason)}`] : told;
  return [
    `  ${paint(STYLE[kind], kind.padEnd(7))}  ${plain(name)}: ${short(causes[0]?.bug ?? about)}`,
    ...[...details, ...causes.map(causeLine)].map((line) => `             ${line}`),
  ];
}

function causeLine({ commit, newer, cve, since }: Cause): string {
  const told = [plain(commit), ...(since === undefined ? [] : [since]), ...cve].join(', ');
  return newer === 'with' ? `by ${told}` : `as without ${told}`;
}

function value(text: string): string {
  return shorten(plain(text), 50);
}

function short(text: string): string {
  return shorten(plain(text), WIDTH);
}

function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
