import type { Expectation, SplatMatcher } from '../expectation.ts';
import { isMatcher, type Matcher } from '../matchers/matchers.ts';
import { matches } from '../matchers/matches.ts';

/** Splats and leaks that are declared so loosely that others would hide behind them. */
export function splatFaults({ splats = [], knownBugs = [] }: Expectation): string[] {
  return [
    ...splats.flatMap((splat) => looseSplat('the expectation', splat)),
    ...knownBugs.flatMap(({ title, splats: declared = [], leaks = [] }) => {
      const who = `the known bug "${title}"`;
      const loose = leaks.some(takesAnything) ? [`${who} matches every leak`] : [];
      return [...declared.flatMap((splat) => looseSplat(who, splat)), ...loose];
    }),
  ];
}

function looseSplat(who: string, { kind, title, frame }: SplatMatcher): string[] {
  if (frame !== undefined || (title !== undefined && !takesAnything(title))) return [];
  return [`${who} matches every splat${kind === undefined ? '' : ` of the kind ${kind}`}: add its title or a frame`];
}

function takesAnything(text: string | Matcher<string>): boolean {
  return isMatcher(text) ? ['', 'BUG', '\u0000 any\ntext '].every((sample) => matches(text, sample)) : text === '';
}
