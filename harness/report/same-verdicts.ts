import { z } from 'zod';

/** What of a results.json tells whether two runs said the same. */
export const verdictsOf = z.object({
  results: z.array(
    z.object({
      kernel: z.object({ version: z.string() }),
      case: z.string(),
      verdict: z.string(),
      observations: z.array(z.object({ path: z.string(), verdict: z.string() })),
    }),
  ),
});

type Results = z.infer<typeof verdictsOf>;

/**
 * Where runs of the same cases on the same kernels disagree, a line each: verdicts of cases and of observations, and whatever
 * one run judged and another did not. How an observation differs from what is expected does not count.
 */
export function disagreements(runs: readonly Results[]): string[] {
  const tables = runs.map(tableOf);
  const keys = new Set(tables.flatMap((one) => [...one.keys()]));
  return [...keys].flatMap((key) => {
    const verdicts = tables.map((one) => one.get(key) ?? 'not judged');
    return new Set(verdicts).size === 1 ? [] : [`${key}: ${verdicts.join(', ')}`];
  });
}

function tableOf({ results }: Results): Map<string, string> {
  const verdicts = new Map<string, string>();
  for (const result of results) {
    const key = `${result.case} on ${result.kernel.version}`;
    verdicts.set(key, result.verdict);
    for (const { path, verdict } of result.observations) verdicts.set(`${key}, ${path}`, verdict);
  }
  return verdicts;
}
