import type { Expectation } from '../expectation.ts';
import { isWithin } from '../judge/diff.ts';
import { leafPaths } from '../judge/leaves.ts';

/** Paths that nothing observes, declarations without a path, and paths that one declaration speaks of twice. */
export function pathFaults(expectation: Expectation, observed: readonly string[]): string[] {
  const leaves = [...leafPaths(expectation.outcome), ...observed];
  return declarations(expectation).flatMap(({ what, paths, mayBeEmpty }) => {
    const strays = paths.filter((path) => !leaves.some((leaf) => isWithin(leaf, path)));
    const doubles = paths.filter((path) => paths.some((other) => other !== path && isWithin(path, other)));
    return [
      ...strays.map((path) => `${what} names ${path}, which nothing observes`),
      ...(paths.length === 0 && !mayBeEmpty ? [`${what} names no observation`] : []),
      ...(what.startsWith('the behaviour') ? [] : doubles.map((path) => `${what} has two values for ${path}`)),
    ];
  });
}

interface Declaration {
  /** The subject of a sentence. */
  readonly what: string;
  readonly paths: readonly string[];
  readonly mayBeEmpty: boolean;
}

function declarations({ knownBugs = [], quirks = [], behaviours = {} }: Expectation): Declaration[] {
  return [
    ...knownBugs.map(({ title, instead, splats = [], leaks = [] }) => ({
      what: `the known bug "${title}"`,
      paths: Object.keys(instead),
      mayBeEmpty: splats.length + leaks.length > 0,
    })),
    ...quirks.map(({ title, promised }) => ({
      what: `the quirk "${title}"`,
      paths: Object.keys(promised),
      mayBeEmpty: false,
    })),
    ...Object.entries(behaviours).flatMap(([id, paths]) =>
      paths === 'all' ? [] : [{ what: `the behaviour ${id}`, paths, mayBeEmpty: false }],
    ),
  ];
}
