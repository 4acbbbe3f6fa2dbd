import { painter } from '../report/colour.ts';
import { printComparison } from '../report/comparison.ts';
import type { Case } from '../run/cases.ts';
import { keyOf } from '../run/events.ts';
import { compareRuns, comparisonExitCode } from '../series/compare.ts';
import { pairKernels } from '../series/pairs.ts';
import { type Judged, readResults } from '../series/results-file.ts';

/** Prints what became of the baseline's cases in a run, and gives the run's exit code. */
type CompareWithBaseline = (results: readonly Judged[], cases: readonly Case[]) => number;

/**
 * @param stream where the run's own report goes
 * @throws KC_RESULTS_FILE (host)
 */
export async function readBaseline(path: string, stream: NodeJS.WriteStream): Promise<CompareWithBaseline> {
  const { results: baseline } = await readResults(path);
  return (results, cases) => {
    // Cases and kernels that nobody asked for are not missing.
    const names = new Set(cases.map(({ name }) => name));
    const kernels = new Set(pairKernels(baseline, results).map(({ before }) => keyOf(before)));
    const before = baseline.filter((one) => names.has(one.case) && kernels.has(keyOf(one.kernel)));
    const comparison = compareRuns(before, results);
    const colour = stream.isTTY === true && !process.env.NO_COLOR;
    stream.write(`\nagainst the baseline:\n${printComparison(comparison, painter(colour))}`);
    return comparisonExitCode(comparison);
  };
}
