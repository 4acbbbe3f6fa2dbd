import { KconformError } from '../errors/error.ts';
import type { PublishedKernel } from './debian/catalogue.ts';
import { type PublishedSpec, parsePublishedSpec } from './spec.ts';
import { branchOf, compareVersions } from './version.ts';

/**
 * The published kernels that a spec means.
 * @param published oldest first
 * @throws KC_NO_SUCH_KERNEL with the nearest versions that exist
 */
export function select(published: readonly PublishedKernel[], text: string): PublishedKernel[] {
  const spec = parsePublishedSpec(text);
  const found = published.filter(matches(spec));
  const chosen = spec.kind === 'one' ? found.slice(-1) : newestOfEach(found);
  if (chosen.length === 0) throw noSuchKernel(published, text);
  return chosen;
}

/** Whether a published kernel is one that the spec names. */
export function matches(spec: PublishedSpec): (kernel: PublishedKernel) => boolean {
  const { flavour } = spec;
  if (spec.kind === 'series') return (kernel) => kernel.flavour === flavour && kernel.series === spec.series;
  if (spec.kind === 'one') {
    const { name } = spec;
    return ({ number, series, version, packageVersion, ...kernel }) =>
      kernel.flavour === flavour &&
      ([number, series, number.split('.')[0], version, packageVersion].includes(name) ||
        version === `${name}-${flavour}`);
  }
  const { first, last } = spec;
  return ({ number, ...kernel }) =>
    kernel.flavour === flavour &&
    compareVersions(number, first) >= 0 &&
    (compareVersions(number, last) <= 0 || branchOf(number) === last);
}

function newestOfEach(kernels: readonly PublishedKernel[]): PublishedKernel[] {
  return kernels.filter((kernel, index) => kernels[index + 1]?.number !== kernel.number);
}

/** @param published the kernels there are, oldest first: the nearest of the flavour are named */
export function noSuchKernel(published: readonly PublishedKernel[], text: string): KconformError {
  const { flavour } = parsePublishedSpec(text);
  const all = [...new Set(published.filter((kernel) => kernel.flavour === flavour).map(({ number }) => number))];
  const wanted = /\d+\.\d+(\.\d+)?/.exec(text)?.[0];
  const series = all.filter((number) => branchOf(number) === branchOf(wanted ?? ''));
  const numbers = series.length > 0 ? series : all;
  const below = numbers.filter((number) => compareVersions(number, wanted ?? '') < 0).slice(-2);
  const above = numbers.filter((number) => compareVersions(number, wanted ?? '') >= 0).slice(0, 2);
  const near = wanted === undefined ? numbers.slice(-3) : [...below, ...above];
  const nearest = near.length > 0 ? `; the nearest are ${near.join(', ')}` : '';
  return new KconformError(`no published kernel is "${text}"${nearest}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: 'npx kconform kernels all lists them; a path names a file: ./bzImage',
  });
}
