import { KconformError } from '../errors/error.ts';

/** Flavours in which the distribution publishes each version: the word after the colon of a spec → the end of the release. */
export const FLAVOURS = { cloud: 'cloud-amd64', amd64: 'amd64', rt: 'rt-amd64' } as const;

/** One kernel configuration that the distribution builds: `cloud-amd64` for virtual machines, `amd64`, `rt-amd64` with PREEMPT_RT. */
export type Flavour = (typeof FLAVOURS)[keyof typeof FLAVOURS];

/** Of a spec that names none: the smallest download, and it needs few modules or none to run as a guest. */
export const DEFAULT_FLAVOUR: Flavour = FLAVOURS.cloud;

/** The flavour that a release (`6.12.57+deb12-rt-amd64`) or a package's name ends with; undefined where it names none. */
export function flavourOf(release: string): Flavour | undefined {
  const end = /-((?:cloud-|rt-)?amd64)$/.exec(release)?.[1];
  return Object.values(FLAVOURS).find((flavour) => flavour === end);
}

/**
 * What follows the numbers of a release, by which other distributions tell their flavours apart: `generic` for `6.8.0-31-generic`,
 * `acme` for `6.12.30-acme`, nothing for `6.12.30-rc1`.
 */
export function suffixOf(release: string): string {
  return /^\d+(?:\.\d+)*(?:[+~][^-]*)?(?:-(?:\d|rc\d)[^-]*)*(?:-(.+))?$/.exec(release)?.[1] ?? '';
}

/** The shortest spec of a release: `6.12.57+deb12`, `6.12.57+deb12:rt`. */
export function specOfRelease(release: string): string {
  const flavour = flavourOf(release);
  return flavour === undefined ? release : withFlavour(release.slice(0, -flavour.length - 1), flavour);
}

/** @param name a version or the version of a package */
export function withFlavour(name: string, flavour: Flavour): string {
  const [word] = Object.entries(FLAVOURS).find(([, long]) => long === flavour) ?? [];
  return flavour === DEFAULT_FLAVOUR || word === undefined ? name : `${name}:${word}`;
}

/** @param word what stands behind the colon of a spec. @throws KC_NO_SUCH_KERNEL (host) where Debian has no such flavour */
export function readFlavour(word: string): Flavour {
  const flavour = Object.entries(FLAVOURS).find(([short, long]) => word === short || word === long)?.[1];
  if (flavour !== undefined) return flavour;
  throw new KconformError(`no flavour of kernels is "${word}"`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: `Debian's flavours are ${Object.keys(FLAVOURS).join(', ')}, as in 6.12:rt`,
  });
}
