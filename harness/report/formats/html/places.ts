import { byKernel, type RecordedCase, type RunRecord } from '../../../run/results/record.ts';

/** Where everything of a run stands in the matrix: cases down, kernels across. */
export interface Places {
  readonly cases: readonly string[];
  readonly versions: readonly string[];
  readonly cells: readonly RecordedCase[];
  /** The number of the cell, or undefined where that case was not judged on that kernel. */
  cellAt(name: string, version: string): number | undefined;
}

/** Both sorted as people count: 6.12.9 before 6.12.43. */
export function arrange(record: RunRecord): Places {
  const inOrder = new Intl.Collator('en', { numeric: true }).compare;
  const numbers = new Map<string, number>();
  for (const [index, { result }] of record.cases.entries()) numbers.set(key(result.case, result.kernel.version), index);
  return {
    cases: [...new Set(record.cases.map(({ result }) => result.case))].sort(inOrder),
    versions: [...byKernel(record).keys()].sort(inOrder),
    cells: record.cases,
    cellAt: (name, version) => numbers.get(key(name, version)),
  };
}

function key(name: string, version: string): string {
  return `${name}\0${version}`;
}
