import type { Expectation } from '../expectation.ts';
import { isMatcher, type Matcher } from '../matchers.ts';
import { isRecord, matches } from '../matches.ts';
import { describe } from '../print.ts';
import { isAnchored } from './anchors.ts';

/** Values of each type so unlike each other that a matcher which takes all of them takes anything. */
const SAMPLES: readonly (readonly unknown[])[] = [
  ['', 'rw', '\u0000 any\ntext '],
  [-1e300, 0, 1e300],
  [[], [['any']]],
  [true, false],
];

/** Matchers that could hold the kernel to nothing: those that take anything, and those that take what only looks right. */
export function matcherFaults({ outcome, knownBugs = [], quirks = [] }: Expectation): string[] {
  const faults = matchersIn(outcome).flatMap((matcher) => faultsOfOne(matcher, SAMPLES));
  const declared = [...knownBugs.map(({ instead }) => instead), ...quirks.map(({ promised }) => promised)];
  // A bug that comes and goes may show either of two values.
  const samples = SAMPLES.filter(([first]) => typeof first !== 'boolean');
  const slack = matchersIn(declared).flatMap((matcher) => [
    ...faultsOfOne(matcher, samples),
    ...(matcher.$matcher === 'not' ? [`"${describe(matcher)}" is not just what a bug or a promise shows`] : []),
  ]);
  return [...faults, ...slack];
}

function faultsOfOne(matcher: Matcher<unknown>, samples: typeof SAMPLES): string[] {
  const words = `"${describe(matcher)}"`;
  if (matcher.$matcher === 'anyOf' && matcher.$with.length === 0) return [`${words} fits nothing`];
  if (matcher.$matcher === 'between' && matcher.$with[0] > matcher.$with[1]) return [`${words} fits nothing`];
  if (matcher.$matcher === 'byVersion' || matcher.$matcher === 'byConfig') return [];
  if (matcher.$matcher === 'matching' && !isAnchored(matcher.$with.source)) {
    return [`${words} is anchored at neither end (^, $); say containing(…) for a text within another`];
  }
  if (matcher.$matcher === 'not') {
    const { $with: inner } = matcher;
    return isMatcher(inner) && inner.$matcher === 'absent' ? [`${words} fits anything`] : [];
  }
  return samples.some((family) => family.every((value) => matches(matcher, value))) ? [`${words} fits anything`] : [];
}

function matchersIn(tree: unknown): Matcher<unknown>[] {
  if (isMatcher(tree)) return [tree, ...matchersIn(partsOf(tree))];
  if (Array.isArray(tree)) return tree.flatMap(matchersIn);
  return isRecord(tree) ? Object.values(tree).flatMap(matchersIn) : [];
}

function partsOf(matcher: Matcher<unknown>): readonly unknown[] {
  switch (matcher.$matcher) {
    case 'anyOf':
    case 'including':
      return matcher.$with;
    case 'not':
      return [matcher.$with];
    case 'byVersion':
      return Object.values(matcher.$with);
    case 'byConfig':
      return [matcher.$with.set, matcher.$with.unset];
    default:
      return [];
  }
}
