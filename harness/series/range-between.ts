import { DEFAULT_FLAVOUR, flavourOf, suffixOf, withFlavour } from '../kernels/flavour.ts';
import { upstreamVersion } from '../kernels/version.ts';
import type { KernelIdentity } from '../run/events.ts';

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
