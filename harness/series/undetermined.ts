import { BOOT } from '../expect/judge/boot.ts';
import type { Judged } from '../run/results/results-file.ts';

/** Why results without and with a patch say nothing about the patch, or not all; undefined where they do. */
export function undetermined(before: readonly Judged[], after: readonly Judged[]): string | undefined {
  const failed = [
    ...new Set([...before, ...after].filter(({ verdict }) => verdict === 'ERROR').map((one) => one.case)),
  ];
  if (failed.length > 0) return `ERROR, which says nothing about the kernel: ${failed.join(', ')}`;
  const missing = before.filter((one) => !after.some((other) => other.case === one.case));
  if (missing.length > 0) return `not run with the patch: ${missing.map((one) => one.case).join(', ')}`;
  const tested = after.filter((one) => one.case !== BOOT && one.verdict !== 'SKIP');
  return tested.length === 0 ? 'every case was skipped' : undefined;
}
