import type { KnownBug } from '../../../expect/expectation.ts';
import { span } from '../../../series/kernels.ts';
import type { Stretch, Timeline, Transition } from '../../../series/timeline.ts';
import { type Paint, verdictStyle } from '../colour.ts';
import { plain, shorten, table } from '../text.ts';

/** How wide a value or a reason may be, in characters. */
const WIDTH = 100;

/**
 * A timeline as text that ends with a line feed.
 * @param bugs what the expectation declares today, for the commits and versions that it names
 */
export function printTimeline(timeline: Timeline, bugs: readonly KnownBug[], paint: Paint): string {
  const { kernels } = timeline;
  const lines = [
    paint('bold', `${timeline.case} on ${kernels.length} ${kernels.length === 1 ? 'kernel' : 'kernels'}`),
    ...rows(timeline.verdicts, paint),
    ...(timeline.turns.length === 0 ? [] : ['', ...timeline.turns.map(transitionLine)]),
    ...(bugs.length === 0 ? [] : ['', ...bugs.map(bugLine)]),
  ];
  for (const [paths, stretches] of together(timeline.observations)) {
    lines.push('', ...paths.map((path) => paint('bold', plain(path) || '(outcome)')), ...rows(stretches, paint));
  }
  return `${lines.join('\n')}\n`;
}

/** Observations with the same history are printed once. */
function together(observations: Timeline['observations']): Iterable<[string[], readonly Stretch[]]> {
  const groups = new Map<string, [string[], readonly Stretch[]]>();
  for (const [path, stretches] of observations) {
    const key = JSON.stringify(stretches);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [[path], stretches]);
    else group[0].push(path);
  }
  return groups.values();
}

function rows(stretches: readonly Stretch[], paint: Paint): string[] {
  const cells = stretches.map(({ kernels, verdict, shown, fix }) => {
    const lacks = fix === undefined ? '' : ` (lacks ${fix})`;
    const count = kernels.length === 1 ? '' : `${kernels.length} kernels`;
    return { verdict, cells: [span(kernels), verdict, count, `${shorten(plain(shown), WIDTH)}${lacks}`.trim()] };
  });
  return table(cells.map((one) => one.cells)).map((line, index) => {
    const verdict = cells[index]?.verdict ?? 'ERROR';
    return `  ${line.replace(` ${verdict} `, ` ${paint(verdictStyle[verdict], verdict)} `)}`;
  });
}

function transitionLine({ to, after, at, unknown, fixes }: Transition): string {
  const what = to === 'good' ? 'fixed' : 'broken';
  const by =
    fixes.length === 0 ? '' : to === 'good' ? `, as ${fixes.join(', ')} does` : `, lacking ${fixes.join(', ')}`;
  const gap = unknown.length === 0 ? '' : `; no verdict for ${unknown.join(', ')}`;
  return `${what} after ${after}, by ${at}${by}${gap}`;
}

function bugLine({ title, fix, introducedIn, fixedIn, link }: KnownBug): string {
  const since = introducedIn === undefined ? '' : `since ${introducedIn.join(', ')}; `;
  const fixed =
    fixedIn.length === 0 ? 'fixed nowhere yet' : `fixed in ${fixedIn.join(', ')} by ${fix ?? 'no one commit'}`;
  return `declared: ${title} (${since}${fixed})${link === undefined ? '' : ` ${link}`}`;
}
