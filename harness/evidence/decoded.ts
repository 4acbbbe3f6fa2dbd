import type { Splat } from '../expect/outcome.ts';
import { symbolise } from '../oracles/splats/symbolise.ts';

/** The splats of a case as text, with file and line where an image with debug information is at hand. */
export interface Decoded {
  readonly lines: readonly string[];
  /** `yes`: with file and line; `no`: without them; `none`: there is no splat. */
  readonly symbols: 'yes' | 'no' | 'none';
}

/** ` (kernel/bpf/hashtab.c:1650)` behind a frame. */
const PLACE = /\+0x[0-9a-f]+\/0x[0-9a-f]+ \([^()\s]+:\d+\)$/;

/** @param vmlinux an image of the same kernel with debug information */
export async function decoded(splats: readonly Splat[], vmlinux: string | undefined): Promise<Decoded> {
  if (splats.length === 0) return { lines: [], symbols: 'none' };
  const isDone = (all: readonly Splat[]) => all.some(({ text }) => text.some((line) => PLACE.test(line)));
  // A run with --symbols has them already.
  const all = isDone(splats) || vmlinux === undefined ? splats : await symbolise(splats, vmlinux);
  const lines = all.flatMap(({ text }, index) => (index === 0 ? text : ['', ...text]));
  return { lines, symbols: isDone(all) ? 'yes' : 'no' };
}
