import type { Judged } from '../run/results/results-file.ts';

/** The part of a run that is compared to see whether two runs agree. */
export interface Verdicts {
  readonly results: readonly (Pick<Judged, 'case' | 'verdict'> & {
    readonly kernel: Pick<Judged['kernel'], 'id'>;
    readonly observations: readonly Pick<Judged['observations'][number], 'path' | 'verdict'>[];
  })[];
}

/**
 * Where runs of the same cases on the same kernels disagree, a line each: verdicts of cases and of observations, and whatever
 * one run judged and another did not. How an observation differs from what is expected does not count.
 */
export function disagreements(runs: readonly Verdicts[]): string[] {
  const tables = runs.map(tableOf);
  const keys = new Set(tables.flatMap((one) => [...one.keys()]));
  return [...keys].flatMap((key) => {
    const verdicts = tables.map((one) => one.get(key) ?? 'not judged');
    return new Set(verdicts).size === 1 ? [] : [`${key}: ${verdicts.join(', ')}`];
  });
}

function tableOf({ results }: Verdicts): Map<string, string> {
  const verdicts = new Map<string, string>();
  for (const result of results) {
    const key = `${result.case} on ${result.kernel.id}`;
    verdicts.set(key, result.verdict);
    for (const { path, verdict } of result.observations) verdicts.set(`${key}, ${path}`, verdict);
  }
  return verdicts;
}
