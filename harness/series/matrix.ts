import { isUnexpected, type Verdict } from '../expect/outcome.ts';
import type { Judged } from '../run/results/results-file.ts';
import { fold } from './fold.ts';
import { kernelsOf, labelsOf } from './kernels.ts';

/** The result of one case on kernels whose results are equal for all cases. */
export interface Cell {
  readonly verdict: Verdict;
  /** 1, or the number of the expectation where the case expects other values of other kernels. */
  readonly variant: number;
  /** The commit that the kernels lack or seem to lack. */
  readonly fix?: string;
}

export interface Row {
  readonly case: string;
  /** One a column; undefined where it was not judged. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface Matrix {
  /** Labels of kernels between which no shown row changes, oldest first. */
  readonly columns: readonly (readonly string[])[];
  readonly rows: readonly Row[];
  /** How many cases are the same on every kernel and as expected, by their verdict; not among the rows. */
  readonly same: ReadonlyMap<Verdict, number>;
}

/**
 * Cases by kernels. Of two results of one case on one kernel the later counts.
 * @param all whether rows are kept that are the same on every kernel, and as expected
 */
export function matrixOf(results: readonly Judged[], all: boolean): Matrix {
  const kernels = kernelsOf(results);
  const labels = labelsOf(kernels);
  const names = [...new Set(results.map((one) => one.case))].sort();
  const rows = names.map((name) => {
    const own = new Map(results.filter((one) => one.case === name).map((one) => [one.kernel.id, one]));
    return { case: name, cells: cellsOf(kernels.map((kernel) => own.get(kernel.id))) };
  });
  const shown = rows.filter((row) => all || !isSettled(row));
  const same = new Map<Verdict, number>();
  for (const row of rows.filter((one) => !shown.includes(one))) {
    const verdict = row.cells[0]?.verdict;
    if (verdict !== undefined) same.set(verdict, (same.get(verdict) ?? 0) + 1);
  }
  const columns = fold([...kernels.keys()], (one, next) => shown.every(({ cells }) => alike(cells[one], cells[next])));
  return {
    columns: columns.map((column) => column.map((index) => labelAt(kernels, labels, index))),
    rows: shown.map((row) => ({ case: row.case, cells: columns.map(([first = 0]) => row.cells[first]) })),
    same,
  };
}

function labelAt(kernels: ReturnType<typeof kernelsOf>, labels: ReadonlyMap<string, string>, index: number): string {
  const kernel = kernels[index];
  return kernel === undefined ? '' : (labels.get(kernel.id) ?? kernel.version);
}

/** What is expected tells an expected change apart: what is observed may be another value under the same matcher each time. */
function cellsOf(results: readonly (Judged | undefined)[]): (Cell | undefined)[] {
  const variants: string[] = [];
  return results.map((result) => {
    if (result === undefined) return undefined;
    const told = { verdict: result.verdict, ...(result.fix === undefined ? {} : { fix: result.fix }) };
    if (result.observations.length === 0) return { ...told, variant: 1 };
    const expected = JSON.stringify(result.observations.map(({ path, expected: value }) => [path, value]));
    if (!variants.includes(expected)) variants.push(expected);
    return { ...told, variant: variants.indexOf(expected) + 1 };
  });
}

function isSettled({ cells: [first, ...others] }: Row): boolean {
  return first !== undefined && !isUnexpected(first.verdict) && others.every((cell) => alike(cell, first));
}

function alike(one: Cell | undefined, other: Cell | undefined): boolean {
  return one?.verdict === other?.verdict && one?.variant === other?.variant && one?.fix === other?.fix;
}
