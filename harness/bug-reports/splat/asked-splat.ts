import type { Splat } from '../../expect/outcome.ts';

/** The splat that a report is about: whether a kernel has the bug means whether this splat comes. */
export type AskedSplat = Pick<Splat, 'kind' | 'title' | 'fingerprint'>;

/**
 * - `same`: the splat that is asked for came; others may have come too
 * - `another`: splats came, and it was not among them
 * - `none`: no splat came
 */
export type SplatAnswer = 'same' | 'another' | 'none';

/** Whether the splat that is asked for is among those that a kernel printed. */
export function answerOf(asked: AskedSplat, seen: readonly AskedSplat[]): SplatAnswer {
  if (seen.length === 0) return 'none';
  return seen.some((splat) => isSameSplat(asked, splat)) ? 'same' : 'another';
}

/**
 * True for two splats of one bug: of the same kind, in the same function, reached on the same way. Offsets, addresses, lines and
 * versions do not count. Compilers inline differently, so that of the callers just one must be in both.
 */
export function isSameSplat(one: AskedSplat, other: AskedSplat): boolean {
  if (familyOf(one) !== familyOf(other)) return false;
  const [first, ...callers] = one.fingerprint;
  const [otherFirst, ...otherCallers] = other.fingerprint;
  if (first === undefined || otherFirst === undefined) return first === otherFirst && one.title === other.title;
  if (first !== otherFirst) return false;
  if (callers.length === 0 || otherCallers.length === 0) return true;
  return callers.some((name) => otherCallers.includes(name));
}

/** The splat in a line: `BUG: unable to handle page fault, in walk_pgd_range < walk_page_range`. */
export function describeSplat({ kind, title, fingerprint }: AskedSplat): string {
  const named = title.includes(kind) || /^[A-Z]/.test(title) ? title : `${kind}: ${title}`;
  return fingerprint.length === 0 ? named : `${named}, in ${fingerprint.join(' < ')}`;
}

/**
 * A wrong access to memory is reported in several words. Without KASAN, `BUG: kernel NULL pointer dereference` or
 * `BUG: unable to handle page fault`, with it a general protection fault and `KASAN: null-ptr-deref`. KASAN and KFENCE report the
 * same faults.
 */
function familyOf({ kind, title }: AskedSplat): string {
  if (/^BUG: (kernel NULL pointer dereference|unable to handle)/.test(title)) return 'bad access';
  if (/^(BUG: )?KASAN: (null-ptr-deref|probably user-memory-access|maybe wild-memory-access)/.test(title))
    return 'bad access';
  if (kind === 'Oops' || kind === 'GPF') return 'bad access';
  if (kind === 'KASAN' || kind === 'KFENCE') return 'use of memory';
  if (kind === 'BUG' && title.startsWith('kernel BUG at')) return 'kernel BUG';
  return kind;
}
