import type { Expectation } from '../expectation.ts';

/** Odds that cannot be, or that no bug has. */
export function raceFaults({ race, knownBugs = [] }: Expectation): string[] {
  const [scheduled] = knownBugs.filter(({ schedule }) => schedule !== undefined);
  if (race === undefined)
    return scheduled === undefined ? [] : ['knownBugs.schedule is for races: the field race is missing'];
  return [
    ...(race.hits > race.runs ? [`race: ${race.hits} hits in ${race.runs} runs`] : []),
    ...(knownBugs.length === 0 ? ['race: no known bug is declared, so nothing can show'] : []),
  ];
}
