import type { Judged } from '../../../run/results/results-file.ts';
import { CHANGES, type Change, type Compared, type Comparison, isGrave } from '../../../series/compare.ts';
import { type Paint, painter, type Style, verdictStyle } from '../colour.ts';
import { plain, shorten } from '../text.ts';

const STYLE: Readonly<Record<Change, Style>> = {
  regression: 'red',
  edited: 'yellow',
  undetermined: 'yellow',
  unstable: 'red',
  changed: 'yellow',
  fixed: 'green',
  new: 'cyan',
  missing: 'yellow',
  persistent: 'dim',
};

const DOUBTS: Partial<Readonly<Record<Change, string>>> = {
  edited: 'the case was edited, or ran on another machine: the kernel need not have changed',
  undetermined: 'a race that did not show proves nothing: the kernel need not have changed',
};

/** How many observations of one case are printed separately. */
const SHOWN = 8;
/** A kernel that is new or missing as a whole is one line from so many cases on. What fails the comparison has its own line. */
const MANY = 3;

/** A comparison as text that ends with a line feed. */
export function printComparison(comparison: Comparison, paint: Paint): string {
  const lines: string[] = [];
  for (const change of CHANGES) {
    const own = comparison.compared.filter((one) => one.change === change);
    const byKernel = change === 'new' || change === 'missing' ? gathered(own) : own.map((one) => [one]);
    for (const group of byKernel) lines.push(...groupLines(change, group, paint));
  }
  return `${[...lines, ...(lines.length > 0 ? [''] : []), paint('bold', summarise(comparison))].join('\n')}\n`;
}

/** Why two runs cannot be compared; undefined when they can. */
export function nothingInCommon({ kernels, common }: Comparison): string | undefined {
  if (common > 0) return undefined;
  return `nothing to compare: the runs have no ${kernels === 0 ? 'kernel' : 'case'} in common`;
}

/** `1 regression, 73 as before` */
export function summarise(comparison: Comparison): string {
  const { compared, same } = comparison;
  const counts = CHANGES.map((change) => [change, compared.filter((one) => one.change === change).length] as const);
  const told = counts.filter(([, count]) => count !== 0).map(([change, count]) => `${count} ${change}`);
  return [...told, nothingInCommon(comparison) ?? `${same} as before`].join(', ');
}

/** One case without colours: for reports that hold text. */
export function describeChange(one: Compared): string[] {
  return groupLines(one.change, [one], painter(false)).map((line) => line.trim());
}

function gathered(all: readonly Compared[]): Compared[][] {
  const grave = all.filter(isGrave).map((one) => [one]);
  const groups = new Map<string, Compared[]>();
  for (const one of all.filter((other) => !isGrave(other)))
    groups.set(one.kernel, [...(groups.get(one.kernel) ?? []), one]);
  const others = [...groups.values()].flatMap((group) => (group.length > MANY ? [group] : group.map((one) => [one])));
  return [...grave, ...others];
}

function groupLines(change: Change, group: readonly Compared[], paint: Paint): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const head = paint(STYLE[change], change.padEnd(10));
  if (group.length > 1) return [`${head}  ${group.length} cases on ${plain(first.kernel)}`];
  const verdicts = [first.before, first.after].filter((one) => one !== undefined).map((one) => verdictsOf(one, paint));
  const reason = first.after?.reason === undefined ? '' : `  ${shorten(plain(first.after.reason), 100)}`;
  const doubt = DOUBTS[change];
  return [
    `${head}  ${first.case} on ${plain(first.kernel)}: ${verdicts.join(' → ')}${reason}`,
    ...(doubt === undefined ? [] : [`            ${doubt}`]),
    ...(change === 'persistent' || change === 'new' ? [] : observationLines(first)),
  ];
}

/** `FAIL`, or of one that was looked at again `FAIL, then PASS in a clone, PASS in a cold guest`. */
function verdictsOf({ verdict, retries = [] }: Judged, paint: Paint): string {
  const again = retries.map((one) => `${one.verdict} in a ${one.isolation === 'cold' ? 'cold guest' : 'clone'}`);
  const first = paint(verdictStyle[verdict], verdict);
  return again.length === 0 ? first : `${first}, then ${again.join(', ')}`;
}

function observationLines({ before, after }: Compared): string[] {
  if (before === undefined || after === undefined) return [];
  const then = new Map(before.observations.map((one) => [one.path, one]));
  const differing = after.observations.flatMap((now) => {
    const old = then.get(now.path);
    if (old === undefined) return [];
    if (
      old.verdict === now.verdict &&
      (now.verdict === 'PASS' ? old.expected === now.expected : old.observed === now.observed)
    )
      return [];
    // Where the kernel showed the same, it is the case that was changed.
    const how =
      old.observed === now.observed && old.expected !== now.expected
        ? `${value(now.observed)} in both; expected ${value(old.expected)} → ${value(now.expected)}`
        : `${value(old.observed)} → ${value(now.observed)}`;
    return [`            ${plain(now.path) || '(outcome)'}: ${how}`];
  });
  const more = differing.length > SHOWN ? [`            and ${differing.length - SHOWN} more`] : [];
  return [...differing.slice(0, SHOWN), ...more];
}

function value(text: string): string {
  return shorten(plain(text), 50);
}
