import type { Expectation } from '../expectation.ts';
import { valueAt } from '../judge/diff.ts';
import { isPlain } from '../judge/leaves.ts';
import { isMatcher } from '../matchers/matchers.ts';
import { matches } from '../matchers/matches.ts';
import { type KernelFacts, resolve } from '../resolve.ts';
import { alternativesAt } from './alternatives.ts';

/**
 * Known bugs and quirks that cannot be told from what is expected: what a bug shows would pass, or a kept promise would. A bug
 * that comes and goes (a race) may name what is right beside what is wrong. Where a fence expects the declared value of some
 * kernels, the declaration is taken to speak of the others.
 */
export function overlaps({ outcome, knownBugs = [], quirks = [] }: Expectation): string[] {
  const overlapping = (declared: Readonly<Record<string, unknown>>, mayRace: boolean) =>
    Object.entries(declared).flatMap(([path, value]) => {
      const expected = alternativesAt(outcome, path);
      const hidden = alternativesAt(value, '').some((shown) =>
        expected.some(
          ({ value: right, fenced }) => !(fenced && isPlain(right)) && overlap(right, shown.value, mayRace),
        ),
      );
      return hidden ? [path] : [];
    });
  return [
    ...knownBugs.flatMap(({ title, instead }) =>
      overlapping(instead, true).map(
        (path) => `the known bug "${title}" declares for ${path} a value that is expected anyway`,
      ),
    ),
    ...quirks.flatMap(({ title, promised }) =>
      overlapping(promised, false).map(
        (path) => `the quirk "${title}" promises for ${path} a value that is expected anyway`,
      ),
    ),
  ];
}

/**
 * True when something that fits the declared value is right as well, as far as can be told without an observation.
 * @param mayRace what comes and goes may name the right value among others
 */
function overlap(right: unknown, declared: unknown, mayRace: boolean): boolean {
  if (isPlain(declared)) return matches(right, declared);
  if (mayRace && isMatcher(declared) && declared.$matcher === 'anyOf') {
    return declared.$with.every((value) => overlap(right, value, mayRace));
  }
  return isPlain(right) ? matches(declared, right) : JSON.stringify(right) === JSON.stringify(declared);
}

/**
 * A sentence for each path where what was observed fits both what is right and what is declared, so that nothing is said of the
 * declaration. Only matchers can do that unseen before.
 * @param right the outcome, its fences resolved for the kernel
 */
export function ambiguities(
  { knownBugs = [], quirks = [] }: Expectation,
  right: unknown,
  observations: unknown,
  kernel: KernelFacts,
): string[] {
  const declared = [...knownBugs.map(({ instead }) => instead), ...quirks.map(({ promised }) => promised)];
  return declared.flatMap(Object.entries).flatMap(([path, value]) => {
    const expected = valueAt(right, path);
    const shown = resolve(value, kernel);
    if (isPlain(expected) || (isMatcher(shown) && shown.$matcher === 'anyOf')) return [];
    const observed = valueAt(observations, path);
    if (!matches(expected, observed) || !matches(shown, observed)) return [];
    return [`${path}: the observed value matches both the expected value and the declared one`];
  });
}
