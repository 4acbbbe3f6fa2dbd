import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { KconformError } from '../errors.ts';
import type { AptOptions } from './apt.ts';
import { listPublished, type PublishedKernel } from './catalogue.ts';
import { fetchKernel, kernelFromFile } from './download.ts';
import type { Kernel } from './kernel.ts';
import { branchOf, compareVersions, parseVersion } from './version.ts';

/**
 * Kernels for what the user wrote:
 * - `6.12.57`: the newest package of that version; `6.12`: the newest of the series; `7`: the newest of all 7.x
 * - `6.12.90+deb12.1`, `6.12.57-1~bpo12+1`: just that package
 * - `6.12.43..6.12.117`: each version between, ends included; `published:6.12`: each version of the series
 * - a path: a bzImage or vmlinux
 * @throws KC_NO_SUCH_KERNEL with the nearest versions that exist
 */
export async function resolveKernels(specs: readonly string[], options: AptOptions = {}): Promise<Kernel[]> {
  const kernels: Kernel[] = [];
  for (const spec of specs) {
    if (isPath(spec)) {
      kernels.push(await kernelFromFile(resolve(spec), spec));
      continue;
    }
    const published = await listPublished(options);
    for (const found of select(published, spec)) {
      const own = isPlural(spec) ? found.version.replace(/-cloud-amd64$/, '') : spec;
      kernels.push(await fetchKernel(found, own, options));
    }
  }
  return kernels.filter((kernel, index) => kernels.findIndex((other) => other.vmlinux === kernel.vmlinux) === index);
}

export async function resolveKernel(spec: string, options: AptOptions = {}): Promise<Kernel> {
  const [kernel] = await resolveKernels([spec], options);
  if (kernel === undefined) throw noSuchKernel([], spec);
  return kernel;
}

function isPath(spec: string): boolean {
  return spec.includes('/') || (existsSync(spec) && parseVersion(spec) === undefined);
}

function isPlural(spec: string): boolean {
  return spec.includes('..') || spec.startsWith('published:');
}

/** The published kernels that a spec means; `published` is sorted oldest first. */
export function select(published: readonly PublishedKernel[], spec: string): PublishedKernel[] {
  const found = isPlural(spec)
    ? newestOfEach(published.filter(inRange(spec)))
    : published.filter(named(spec)).slice(-1);
  if (found.length === 0) throw noSuchKernel(published, spec);
  return found;
}

function inRange(spec: string): (kernel: PublishedKernel) => boolean {
  const series = /^published:(.*)$/.exec(spec)?.[1];
  if (series !== undefined) return (kernel) => kernel.series === series;
  const [first = '', last = ''] = spec.split('..');
  return ({ number }) =>
    compareVersions(number, first) >= 0 && (compareVersions(number, last) <= 0 || branchOf(number) === last);
}

function named(spec: string): (kernel: PublishedKernel) => boolean {
  const plain = spec.replace(/^v/, '');
  return (kernel) =>
    [kernel.number, kernel.series, kernel.number.split('.')[0], kernel.version, kernel.packageVersion].includes(
      plain,
    ) || kernel.version === `${plain}-${kernel.flavour}`;
}

function newestOfEach(kernels: readonly PublishedKernel[]): PublishedKernel[] {
  return kernels.filter((kernel, index) => kernels[index + 1]?.number !== kernel.number);
}

function noSuchKernel(published: readonly PublishedKernel[], spec: string): KconformError {
  const numbers = [...new Set(published.map(({ number }) => number))];
  const below = numbers.filter((number) => compareVersions(number, spec) < 0).slice(-2);
  const above = numbers.filter((number) => compareVersions(number, spec) > 0).slice(0, 2);
  const near = parseVersion(spec) === undefined ? numbers.slice(-3) : [...below, ...above];
  return new KconformError(`no published kernel is "${spec}"; the nearest are ${near.join(', ')}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: 'npx kconform kernels lists them',
  });
}
