import type { Expectation } from '../expectation.ts';
import { join } from '../judge/diff.ts';
import { isMatcher, type Matcher } from '../matchers/matchers.ts';
import { isRecord, matches } from '../matchers/matches.ts';
import { describe } from '../matchers/print.ts';
import { isAnchored, isImpossible } from './anchors.ts';

/** Values of each type so unlike each other that a matcher which takes all of them takes anything. */
const SAMPLES: readonly (readonly unknown[])[] = [
  ['', 'rw', '\u0000 any\ntext '],
  // Lines, empty or not: a matcher for any line is one for any text, as far as a kernel is concerned.
  ['0', 'rw', ' ', '\u0000 any text ', `${'long '.repeat(60)}\u00e9`],
  [-1e300, 0, 1e300],
  [[], [['any']]],
  [true, false],
];

/** Matchers that could hold the kernel to nothing: those that take anything, and those that take what only looks right. */
export function matcherFaults({ outcome, knownBugs = [], quirks = [] }: Expectation): string[] {
  const faults = matchersIn(outcome, 'outcome').flatMap((found) => faultsOfOne(found, SAMPLES));
  const declared = [
    ...knownBugs.flatMap(({ title, instead }) => matchersIn(Object.values(instead), `the known bug "${title}"`)),
    ...quirks.flatMap(({ title, promised }) => matchersIn(Object.values(promised), `the quirk "${title}"`)),
  ];
  // A bug that comes and goes may show either of two values.
  const samples = SAMPLES.filter(([first]) => typeof first !== 'boolean');
  const slack = declared.flatMap((found) => [
    ...faultsOfOne(found, samples),
    ...(found.matcher.$matcher === 'not'
      ? [
          `${found.path}: "${describe(found.matcher)}" is not allowed here: it also matches values that the bug or the promise does not have`,
        ]
      : []),
  ]);
  return [...faults, ...slack];
}

interface Found {
  readonly matcher: Matcher<unknown>;
  readonly path: string;
}

function faultsOfOne({ matcher, path }: Found, samples: typeof SAMPLES): string[] {
  const words = `${path}: "${describe(matcher)}"`;
  if (matcher.$matcher === 'byVersion' || matcher.$matcher === 'byConfig') return [];
  if (fitsNoValue(matcher) && !matches(matcher, undefined)) return [`${words} fits nothing`];
  if (matcher.$matcher === 'not') return fitsNoValue(matcher.$with) ? [`${words} fits anything`] : [];
  if (samples.some((family) => family.every((value) => matches(matcher, value)))) return [`${words} fits anything`];
  if (matcher.$matcher === 'matching' && !isAnchored(matcher.$with.source)) {
    return [`${words} is anchored at neither end (^, $); use containing(…) for a part of a text`];
  }
  return [];
}

/** True when no value that is observed can fit, as far as can be told; `absent()` fits only where nothing is. */
function fitsNoValue(expected: unknown): boolean {
  if (expected === undefined || Number.isNaN(expected)) return true;
  if (!isMatcher(expected)) {
    const parts = Array.isArray(expected) ? expected : isRecord(expected) ? Object.values(expected) : [];
    return parts.some((part) => part !== undefined && fitsNoValue(part) && !matches(part, undefined));
  }
  switch (expected.$matcher) {
    case 'absent':
      return true;
    case 'anyOf':
      return expected.$with.every(fitsNoValue);
    case 'including':
      return expected.$with.some(fitsNoValue);
    case 'not': {
      const { $with: inner } = expected;
      return isMatcher(inner) && SAMPLES.flat().every((value) => matches(inner, value));
    }
    case 'matching':
      return isImpossible(expected.$with.source, expected.$with.flags);
    case 'atLeast':
    case 'atMost':
      return Number.isNaN(expected.$with);
    case 'between':
      return !(expected.$with[0] <= expected.$with[1]);
    case 'byVersion':
    case 'byConfig':
      return partsOf(expected).every(fitsNoValue);
    case 'containing':
      return false;
  }
}

function matchersIn(tree: unknown, path: string): Found[] {
  if (isMatcher(tree)) return [{ matcher: tree, path }, ...partsOf(tree).flatMap((part) => matchersIn(part, path))];
  if (Array.isArray(tree)) return tree.flatMap((element) => matchersIn(element, path));
  return isRecord(tree) ? Object.entries(tree).flatMap(([name, part]) => matchersIn(part, join(path, name))) : [];
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
