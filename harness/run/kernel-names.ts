import type { KernelIdentity } from './events.ts';

/** Gives the name of a kernel for people. */
export type NameOf = (kernel: KernelIdentity) => string;

/** Names kernels by their release (`uname -r`), those that share one with another by their id. */
export function kernelNames(kernels: Iterable<KernelIdentity>): NameOf {
  const sharing = new Map<string, Set<string>>();
  for (const { id, version } of kernels) sharing.set(version, (sharing.get(version) ?? new Set()).add(id));
  return ({ id, version }) => ((sharing.get(version)?.size ?? 0) > 1 ? id : version);
}
