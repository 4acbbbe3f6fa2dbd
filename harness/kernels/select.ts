import { KconformError } from '../errors/error.ts';
import type { PublishedKernel } from './debian/catalogue.ts';
import { compareDebianVersions } from './debian/debian-version.ts';
import { DEFAULT_FLAVOUR, FLAVOURS, type Flavour, flavourOf, readFlavour } from './flavour.ts';
import { type PublishedSpec, parsePublishedSpec } from './spec.ts';
import { branchOf, compareVersions } from './version.ts';

/**
 * The published kernels that a spec means.
 * @param published all of Debian or of one declared source, oldest first
 * @param usual the flavour of a declared source that is meant where the spec names none
 * @throws KC_NO_SUCH_KERNEL with the nearest versions that exist, or the flavours to choose from
 */
export function select(published: readonly PublishedKernel[], text: string, usual?: string): PublishedKernel[] {
  const spec = parsePublishedSpec(text);
  const found = published.filter(matches(spec));
  const ofFlavour = spec.flavour === undefined ? oneFlavour(found, spec, text, usual) : found;
  const chosen = spec.kind === 'one' ? ofFlavour.slice(-1) : newestOfEach(ofFlavour);
  if (chosen.length === 0) throw noSuchKernel(published, text);
  return chosen;
}

/** Of a declared source's kernels those of one flavour. A release or the version of a package names its own. */
function oneFlavour(
  found: readonly PublishedKernel[],
  spec: PublishedSpec,
  text: string,
  usual: string | undefined,
): readonly PublishedKernel[] {
  const flavours = [...new Set(found.map(({ flavour }) => flavour))];
  if (found.every(({ source }) => source === undefined) || flavours.length < 2) return found;
  if (spec.kind === 'one' && found.some(({ version }) => version === spec.name)) {
    return found.filter(({ version }) => version === spec.name);
  }
  if (usual !== undefined && flavours.includes(usual)) return found.filter(({ flavour }) => flavour === usual);
  throw new KconformError(`"${text}" has several flavours: ${flavours.map((one) => one || '(none)').join(', ')}`, {
    code: 'KC_SEVERAL_FLAVOURS',
    blame: 'host',
    hint: `name one: ${text}:${flavours.find((one) => one !== '')}`,
  });
}

/** Whether a published kernel is one that the spec names, its source apart. @throws KC_NO_SUCH_KERNEL for a flavour that Debian does not have */
export function matches(spec: PublishedSpec): (kernel: PublishedKernel) => boolean {
  return (kernel) => isOfFlavour(kernel, spec) && isNamed(kernel, spec);
}

function isOfFlavour(kernel: PublishedKernel, spec: PublishedSpec): boolean {
  if (kernel.source === undefined) return kernel.flavour === debianFlavour(spec);
  return spec.flavour === undefined || matchesFlavour(kernel, spec.flavour);
}

/** @param word `generic`, or one of Debian's: `rt` or `rt-amd64` */
export function matchesFlavour({ flavour }: Pick<PublishedKernel, 'flavour'>, word: string): boolean {
  return flavour === word || flavour === Object.entries(FLAVOURS).find(([short]) => short === word)?.[1];
}

function debianFlavour(spec: PublishedSpec): Flavour {
  if (spec.flavour !== undefined) return readFlavour(spec.flavour);
  return (spec.kind === 'one' ? flavourOf(spec.name) : undefined) ?? DEFAULT_FLAVOUR;
}

function isNamed(kernel: PublishedKernel, spec: PublishedSpec): boolean {
  const { number, series, version, packageVersion, flavour } = kernel;
  if (spec.kind === 'series') return series === spec.series;
  if (spec.kind === 'one') {
    const { name } = spec;
    const names = [number, series, number.split('.')[0], version, packageVersion, abiOf(kernel)];
    return names.includes(name) || version === `${name}-${flavour}`;
  }
  const { first, last } = spec;
  // `6.8.0-31` is a release of a distribution that keeps one version of the kernel: Ubuntu's.
  if (kernel.source !== undefined && [first, last].some((end) => /^\d+(\.\d+)+-\d/.test(end))) {
    const own = abiOf(kernel);
    return compareDebianVersions(own, first) >= 0 && (compareDebianVersions(own, last) <= 0 || branchOf(own) === last);
  }
  return compareVersions(number, first) >= 0 && (compareVersions(number, last) <= 0 || branchOf(number) === last);
}

/** The release without its flavour: `6.8.0-31`. */
function abiOf({ version, flavour }: PublishedKernel): string {
  return flavour !== '' && version.endsWith(`-${flavour}`) ? version.slice(0, -flavour.length - 1) : version;
}

/** Of Debian the newest package of each version; of a declared source the newest of each release, of which one version has many. */
function newestOfEach(kernels: readonly PublishedKernel[]): PublishedKernel[] {
  const key = (kernel: PublishedKernel | undefined) => (kernel?.source === undefined ? kernel?.number : kernel.version);
  return kernels.filter((kernel, index) => key(kernels[index + 1]) !== key(kernel));
}

/** @param published the kernels there are, oldest first: the nearest of the flavour are named */
export function noSuchKernel(published: readonly PublishedKernel[], text: string): KconformError {
  const spec = parsePublishedSpec(text);
  const ofFlavour = published.filter((kernel) => isOfFlavour(kernel, spec));
  const all = [...new Set(ofFlavour.map((kernel) => (kernel.source === undefined ? kernel.number : abiOf(kernel))))];
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
