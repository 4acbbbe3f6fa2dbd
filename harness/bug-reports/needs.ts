import type { AskedSplat } from './splat/asked-splat.ts';

/** Something that a kernel must have, or the bug cannot show on it. */
export interface Need {
  /** `KASAN`, `fault injection` */
  readonly name: string;
  /** Its option, without CONFIG_. */
  readonly option: string;
}

/** Kinds of splats that only a kernel with a certain option prints. */
const DETECTORS: Readonly<Record<string, string>> = {
  KASAN: 'KASAN',
  KCSAN: 'KCSAN',
  KMSAN: 'KMSAN',
  UBSAN: 'UBSAN',
  KFENCE: 'KFENCE',
  lockdep: 'PROVE_LOCKING',
  sleeping: 'DEBUG_ATOMIC_SLEEP',
  'hung task': 'DETECT_HUNG_TASK',
  lockup: 'SOFTLOCKUP_DETECTOR',
};

/** What a kernel needs to print a splat. A bad access with an address of KASAN's shadow is one without KASAN too. */
export function needsOfSplat({ kind, title }: AskedSplat): readonly Need[] {
  if (kind === 'KASAN' && /null-ptr-deref|user-memory-access|wild-memory-access/.test(title)) return [];
  const option = DETECTORS[kind];
  return option === undefined ? [] : [{ name: `a detector (${kind})`, option }];
}

/**
 * What a kernel lacks, each as a phrase: where the bug does not show, that says nothing.
 * @param config its options; null where they are not known
 */
export function lackingOf(needs: readonly Need[], config: ReadonlyMap<string, string> | null): string[] {
  return needs
    .filter(({ option }) => config === null || !config.has(option))
    .map(
      ({ name, option }) =>
        `${name}: ${config === null ? 'the config of the kernel is not known' : `the kernel has no CONFIG_${option}`}`,
    );
}
