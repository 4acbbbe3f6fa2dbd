import type { KernelIdentity } from '../../harness/run/events.ts';
import { kernelsOf } from '../../harness/series/kernels.ts';

/** The kernel with the newest version, whose changelog lists the changes of all others; undefined if there is no kernel. */
export function newestOf<K extends KernelIdentity>(asked: readonly K[]): K | undefined {
  const newest = kernelsOf(asked.map((kernel) => ({ kernel }))).at(-1);
  return asked.find(({ id }) => id === newest?.id);
}

/** Kernels that were asked for and of which there is no audit. */
export function withoutAudit<K extends KernelIdentity>(
  asked: readonly K[],
  audits: readonly { readonly kernel: KernelIdentity }[],
): readonly K[] {
  return asked.filter(({ id }) => !audits.some(({ kernel }) => kernel.id === id));
}
