import { describeChange, summarise } from '../../report/text/series/comparison.ts';
import type { Judged } from '../../run/results/results-file.ts';
import { type Compared, compareRuns, comparisonExitCode } from '../../series/compare.ts';
import { undetermined } from '../../series/undetermined.ts';

/** What the cases say of a patch. */
export interface PatchVerdict {
  readonly text: string;
  /** 0 no regression, 1 a regression, 2 undetermined. */
  readonly exitCode: 0 | 1 | 2;
}

/**
 * Compares the results of the same cases before and after a patch: first a line, then case by case.
 * @param kernel the name of both
 */
export function judgePatch(before: readonly Judged[], after: readonly Judged[], kernel: string): PatchVerdict {
  const comparison = compareRuns(before, after);
  const { compared } = comparison;
  const told = new Set(compared.map((one) => one.case));
  const rest = after.filter((one) => !told.has(one.case));
  const blind = undetermined(before, after) ?? unshown(compared);
  const code = comparisonExitCode(comparison);
  const exitCode = code === 1 || blind === undefined ? code : 2;
  const changes = summarise(comparison);
  const head =
    compared.length === 0 ? 'the patch changes nothing that these cases observe' : 'the patch changes results';
  const lines = [
    blind === undefined ? `${head}: ${changes}` : `undetermined: ${blind} (${changes})`,
    ...compared.flatMap((one) =>
      describeChange({ ...one, kernel }).map((line, index) => (index === 0 ? line : `            ${line}`)),
    ),
    ...rest.map(
      ({ verdict, case: name, reason }) =>
        `as before   ${name}: ${verdict}${reason === undefined ? '' : `  ${reason}`}`,
    ),
  ];
  return { text: `${lines.join('\n')}\n`, exitCode };
}

/** Races that show on one of the kernels only. */
function unshown(compared: readonly Compared[]): string | undefined {
  const races = compared.filter(({ change }) => change === 'undetermined').map((one) => one.case);
  return races.length === 0 ? undefined : `a race that did not show proves nothing: ${races.join(', ')}`;
}
