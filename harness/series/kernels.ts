import { compareDebianVersions } from '../kernels/debian/debian-version.ts';
import { DEFAULT_FLAVOUR, flavourOf, specOfRelease, withFlavour } from '../kernels/flavour.ts';
import { compareVersions, upstreamVersion } from '../kernels/version.ts';
import type { KernelIdentity } from '../run/events.ts';

/** Each kernel once, oldest first; those of one upstream version by their package. */
export function kernelsOf(results: readonly { readonly kernel: KernelIdentity }[]): KernelIdentity[] {
  const kernels = new Map(results.map(({ kernel }) => [kernel.id, kernel]));
  return [...kernels.values()].sort(byAge);
}

export function byAge(a: KernelIdentity, b: KernelIdentity): number {
  return (
    compareVersions(upstreamVersion(a), upstreamVersion(b)) ||
    compareDebianVersions(packageVersion(a), packageVersion(b)) ||
    a.version.localeCompare(b.version) ||
    a.id.localeCompare(b.id)
  );
}

function packageVersion({ package: name }: KernelIdentity): string {
  return name?.split('=').at(-1) ?? '';
}

/**
 * The shortest name of each that none of the others has: `6.12.57` or `6.12.57:rt`, else `6.12.90+deb12.1`, else the whole
 * release; the id where that is shared.
 */
export function labelsOf(kernels: readonly KernelIdentity[]): ReadonlyMap<string, string> {
  const names = [
    (kernel: KernelIdentity) => shortName(kernel) ?? kernel.version,
    ({ version }: KernelIdentity) => specOfRelease(version),
    ({ version }: KernelIdentity) => version,
  ];
  const label = (kernel: KernelIdentity) => {
    const sharesRelease = kernels.some((other) => other.id !== kernel.id && other.version === kernel.version);
    if (sharesRelease) return kernel.id;
    const own = names.find((name) => kernels.filter((other) => name(other) === name(kernel)).length === 1);
    return own?.(kernel) ?? kernel.id;
  };
  return new Map(kernels.map((kernel) => [kernel.id, label(kernel)]));
}

function shortName(kernel: KernelIdentity): string | undefined {
  const number = /^\d+\.\d+(\.\d+)?(-rc\d+)?$/.exec(upstreamVersion(kernel))?.[0];
  return number && withFlavour(number, flavourOf(kernel.version) ?? DEFAULT_FLAVOUR);
}

/** `6.12.57` for one, `6.12.57 .. 6.12.118` for several; the labels are in order. */
export function span(labels: readonly string[]): string {
  const [first = '', ...others] = labels;
  return others.length === 0 ? first : `${first} .. ${others.at(-1)}`;
}
