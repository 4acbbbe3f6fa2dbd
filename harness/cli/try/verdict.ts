import { BOOT } from '../../expect/judge/boot.ts';
import { describeChange, summarise } from '../../report/text/series/comparison.ts';
import type { Judged } from '../../run/results/results-file.ts';
import { type Compared, compareRuns, comparisonExitCode } from '../../series/compare.ts';

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

/** Why the results say nothing about the patch, or not all; undefined where they do. */
function undetermined(before: readonly Judged[], after: readonly Judged[]): string | undefined {
  const failed = [
    ...new Set([...before, ...after].filter(({ verdict }) => verdict === 'ERROR').map((one) => one.case)),
  ];
  if (failed.length > 0) return `ERROR, which says nothing about the kernel: ${failed.join(', ')}`;
  const missing = before.filter((one) => !after.some((other) => other.case === one.case));
  if (missing.length > 0) return `not run with the patch: ${missing.map((one) => one.case).join(', ')}`;
  const tested = after.filter((one) => one.case !== BOOT && one.verdict !== 'SKIP');
  return tested.length === 0 ? 'every case was skipped' : undefined;
}

/** Races that show on one of the kernels only. */
function unshown(compared: readonly Compared[]): string | undefined {
  const races = compared.filter(({ change }) => change === 'undetermined').map((one) => one.case);
  return races.length === 0 ? undefined : `a race that did not show proves nothing: ${races.join(', ')}`;
}
