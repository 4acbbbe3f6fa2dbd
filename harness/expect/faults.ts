import { isWithin, valueAt } from './diff.ts';
import type { Expectation, Quirk } from './expectation.ts';
import { isPlain, leafPaths } from './leaves.ts';
import { isMatcher } from './matchers.ts';
import { matches } from './matches.ts';
import { type KernelFacts, resolve } from './resolve.ts';

/**
 * What is wrong with an expectation whatever the kernel, each a sentence: declarations that name nothing, and quirks that
 * could not be told from what the documentation promises.
 * @param observed paths of what a run observed besides
 */
export function faultsOf(expectation: Expectation, observed: readonly string[] = []): string[] {
  const leaves = [...leafPaths(expectation.outcome), ...observed];
  const stray = (what: string, paths: readonly string[]) =>
    paths
      .filter((path) => !leaves.some((leaf) => isWithin(leaf, path)))
      .map((path) => `${what} names ${path}, which nothing observes`);
  const { knownBugs = [], quirks = [], behaviours = {}, outcome } = expectation;
  return [
    ...knownBugs.flatMap((bug) => stray('a known bug', Object.keys(bug.instead))),
    ...quirks.flatMap((quirk) => stray(`the quirk "${quirk.title}"`, Object.keys(quirk.promised))),
    ...quirks.flatMap((quirk) => sameAsPromised(quirk, outcome)),
    ...quirks
      .filter(({ promised }) => Object.keys(promised).length === 0)
      .map(({ title }) => `the quirk "${title}" names no observation`),
    ...Object.entries(behaviours).flatMap(([id, paths]) =>
      paths === 'all' ? [] : stray(`the behaviour ${id}`, paths),
    ),
    ...Object.entries(behaviours)
      .filter(([, paths]) => paths.length === 0)
      .map(([id]) => `the behaviour ${id} names no observation`),
  ];
}

/** A sentence for each path where what was observed is both what the kernel is known to do and what was promised. */
export function ambiguities(expectation: Expectation, observations: unknown, kernel: KernelFacts): string[] {
  return (expectation.quirks ?? []).flatMap(({ title, promised }) =>
    Object.entries(promised)
      .filter(([path, value]) => {
        const expected = valueAt(expectation.outcome, path);
        const observed = valueAt(observations, path);
        if (expected === undefined || isFence(expected)) return false;
        return matches(resolve(expected, kernel), observed) && matches(resolve(value, kernel), observed);
      })
      .map(([path]) => `the quirk "${title}" cannot be told from the promise: ${path} fits both`),
  );
}

function sameAsPromised({ title, promised }: Quirk, outcome: unknown): string[] {
  return Object.entries(promised)
    .filter(([path, value]) => {
      const expected = valueAt(outcome, path);
      if (expected === undefined || isFence(expected)) return false;
      return isPlain(expected) ? matches(value, expected) : JSON.stringify(value) === JSON.stringify(expected);
    })
    .map(([path]) => `the quirk "${title}" promises at ${path} what is expected there anyway`);
}

function isFence(expected: unknown): boolean {
  return isMatcher(expected) && (expected.$matcher === 'byVersion' || expected.$matcher === 'byConfig');
}
