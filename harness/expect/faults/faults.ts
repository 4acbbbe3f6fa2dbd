import type { Expectation } from '../expectation.ts';
import { matcherFaults } from './matchers.ts';
import { overlaps } from './overlaps.ts';
import { pathFaults } from './paths.ts';
import { raceFaults } from './race.ts';
import { splatFaults } from './splats.ts';
import { versionFaults } from './versions.ts';

/**
 * What is wrong with an expectation whatever the kernel, each a sentence: what could never fail, declarations that name nothing
 * or cannot be told from what is right, versions that are none.
 * @param observed paths of what a run observed besides
 */
export function faultsOf(expectation: Expectation, observed: readonly string[] = []): string[] {
  return [
    ...pathFaults(expectation, observed),
    ...overlaps(expectation),
    ...matcherFaults(expectation),
    ...splatFaults(expectation),
    ...versionFaults(expectation),
    ...raceFaults(expectation),
  ];
}
