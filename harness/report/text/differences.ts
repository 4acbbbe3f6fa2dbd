import type { Observation } from '../../expect/judge/judge-leaf.ts';
import { plain, shorten, table } from './text.ts';

/** How many differing leaves are shown one by one; results.json has them all. */
const SHOWN = 20;

/** How wide an expected or observed value may be, in characters. */
const WIDTH = 60;

/** What fails comes before what is only declared. */
const ORDER = ['FAIL', 'XPASS', 'XFAIL'];

/** The observations that are not as expected: the first ones as a table, how many more there are below which names. */
export function printDifferences(observations: readonly Observation[]): string[] {
  const differing = observations
    .filter(({ verdict }) => verdict !== 'PASS')
    .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  if (differing.length === 0) return [];
  const rows = differing.slice(0, SHOWN).map(({ path, verdict, expected, observed }) => {
    const leaf = [shorten(plain(path), WIDTH) || '(outcome)', ...aroundDifference(plain(expected), plain(observed))];
    return verdict === 'FAIL' ? leaf : [...leaf, verdict];
  });
  const right = observations.length - differing.length;
  return [
    ...table([['path', 'expected', 'observed'], ...rows]),
    ...leftOut(differing.slice(SHOWN)),
    ...(right > 0 ? [`(${right} more as expected)`] : []),
  ];
}

/** Both values within the width; of long ones the part where they begin to differ. */
export function aroundDifference(expected: string, observed: string): [string, string] {
  let same = 0;
  while (same < expected.length && expected[same] === observed[same]) same++;
  const from = same > WIDTH / 2 ? same - WIDTH / 4 : 0;
  const cut = (text: string) => {
    if (text.length <= WIDTH) return text;
    return shorten(from === 0 ? text : `…${text.slice(from + 1)}`, WIDTH);
  };
  return [cut(expected), cut(observed)];
}

function leftOut(differing: readonly Observation[]): string[] {
  if (differing.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { path, verdict } of differing) {
    const name = `${plain(/^[^.[]+/.exec(path)?.[0] ?? path)}${verdict === 'FAIL' ? '' : ` ${verdict}`}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].map(([name, count]) => `${name} (${count})`);
  const shown = names.slice(0, SHOWN).join(', ');
  const rest = names.length > SHOWN ? `, and below ${names.length - SHOWN} other names` : '';
  return [`and ${differing.length} more: ${shown}${rest}; results.json of --out has them all`];
}
