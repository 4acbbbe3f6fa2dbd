/** What a search says of how often the scenario hits. @param hits of so many runs, each with a seed of its own */
export function printOdds(hits: number, runs: number): string {
  const tried = `${runs} ${runs === 1 ? 'seed' : 'seeds'}`;
  if (hits > 0) return `reproduced after ${tried}`;
  if (runs === 0) return 'no seed was tried';
  // The rule of three: with a larger share of hits, so many misses have a probability below 5 %.
  return `not reproduced with ${tried}; with 95 % confidence it hits with less than ${percent(3 / runs)} of the seeds`;
}

function percent(share: number): string {
  return `${Math.min(100, Math.ceil(share * 1000) / 10)} %`;
}
