import type { Standing } from '../expect/judge/standing.ts';
import { DEFAULT_FLAVOUR, flavourOf, suffixOf, withFlavour } from '../kernels/flavour.ts';
import { upstreamVersion } from '../kernels/version.ts';
import type { KernelIdentity } from '../run/events.ts';

/** Where it turned: neighbours among what could be judged. */
export interface Neighbours<T> {
  readonly before: T;
  readonly after: T;
  /** What lies between the two, and of which nothing could be said. */
  readonly unknown: readonly T[];
}

/**
 * Finds where `items` turn from the standing of the first to that of the last, in logarithmically many looks. Where nothing can
 * be said of the one in the middle, its neighbours are looked at, the nearest first.
 * @param items at least two, in order; the first and the last are known to differ
 * @param first how the first stands
 */
export async function bisect<T>(
  items: readonly T[],
  first: Exclude<Standing, 'unknown'>,
  look: (item: T) => Promise<Standing>,
): Promise<Neighbours<T>> {
  let low = 0;
  let high = items.length - 1;
  const unknown = new Set<number>();
  for (;;) {
    const left = Array.from({ length: Math.max(0, high - low - 1) }, (_, offset) => low + 1 + offset);
    const middle = (low + high) / 2;
    const [next] = left
      .filter((index) => !unknown.has(index))
      .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b);
    if (next === undefined) break;
    const standing = await look(at(items, next));
    if (standing === 'unknown') unknown.add(next);
    else if (standing === first) low = next;
    else high = next;
  }
  const between = [...unknown].filter((index) => index > low && index < high).sort((a, b) => a - b);
  return { before: at(items, low), after: at(items, high), unknown: between.map((index) => at(items, index)) };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`${index} of ${items.length}`);
  return item;
}

/** The spec of the published kernels between two, both included; undefined for kernels of two flavours or of two sources. */
export function rangeBetween(older: KernelIdentity, newer: KernelIdentity): string | undefined {
  const source = sourceOf(older);
  if (source !== sourceOf(newer)) return undefined;
  if (source !== undefined) {
    const suffix = suffixOf(older.version);
    if (suffix !== suffixOf(newer.version)) return undefined;
    const ends = [older, newer].map(({ version }) => (suffix === '' ? version : version.slice(0, -suffix.length - 1)));
    return `${source}:${ends.join('..')}${suffix === '' ? '' : `:${suffix}`}`;
  }
  const flavour = flavourOf(older.version) ?? DEFAULT_FLAVOUR;
  if (flavour !== (flavourOf(newer.version) ?? DEFAULT_FLAVOUR)) return undefined;
  return withFlavour(`${upstreamVersion(older)}..${upstreamVersion(newer)}`, flavour);
}

/** The declared source of a package, undefined for Debian's. */
function sourceOf({ package: name }: KernelIdentity): string | undefined {
  return /^([a-z][a-z0-9-]*):/.exec(name ?? '')?.[1];
}
