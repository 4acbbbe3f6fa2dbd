import { byKernel, type KernelCases, type RecordedCase, type RunRecord } from '../../../run/results/record.ts';

/** Where everything of a run stands in the matrix: cases down, kernels across. */
export interface Places {
  readonly cases: readonly string[];
  readonly kernels: readonly KernelCases[];
  readonly cells: readonly RecordedCase[];
  /** The number of the cell, or undefined where that case was not judged on that kernel. */
  cellAt(name: string, kernel: KernelCases): number | undefined;
}

/** Both sorted as people count: 6.12.9 before 6.12.43. */
export function arrange(record: RunRecord): Places {
  const inOrder = new Intl.Collator('en', { numeric: true }).compare;
  const numbers = new Map<string, number>();
  for (const [index, { result }] of record.cases.entries()) numbers.set(key(result.case, result.kernel.id), index);
  return {
    cases: [...new Set(record.cases.map(({ result }) => result.case))].sort(inOrder),
    kernels: [...byKernel(record)].sort((a, b) => inOrder(a.name, b.name)),
    cells: record.cases,
    cellAt: (name, { kernel }) => numbers.get(key(name, kernel.id)),
  };
}

function key(name: string, kernel: string): string {
  return `${name}\0${kernel}`;
}
