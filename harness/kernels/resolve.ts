import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { buildKernel } from './build/build.ts';
import { readBuiltSpec, resolveBuilt } from './build/built.ts';
import { profileNames } from './build/profile.ts';
import type { AptOptions } from './debian/apt.ts';
import { listKnown, listPublished, type PublishedKernel } from './debian/catalogue.ts';
import { cachedKernel, fetchKernel } from './debian/download.ts';
import { kernelFromFile } from './file-kernel.ts';
import type { Kernel } from './kernel.ts';
import { packageId } from './kernel-id.ts';
import { branchOf, compareVersions, parseVersion, upstreamVersion } from './version.ts';

export interface ResolveOptions extends AptOptions {
  /** Whether to build what a spec such as `6.12+debug` names and is not there yet; without it that is an error. */
  readonly build?: (spec: string) => Promise<boolean>;
}

/**
 * Kernels for what the user wrote:
 * - `6.12.57`: the newest package of that version; `6.12`: the newest of the series; `7`: the newest of all 7.x
 * - `6.12.90+deb12.1`, `6.12.57-1~bpo12+1`: just that package
 * - `6.12.43..6.12.117`: each version between, ends included; `published:6.12`: each version of the series
 * - `6.12.117+debug`, `6.12+debug` (newest), `linux+debug`: what `kconform build` made, or makes with `options.build`
 * - a path: a bzImage or vmlinux
 * @throws KC_NO_SUCH_KERNEL with the nearest versions that exist, KC_NOT_BUILT with the command that builds it
 */
export async function resolveKernels(specs: readonly string[], options: ResolveOptions = {}): Promise<Kernel[]> {
  const kernels: Kernel[] = [];
  for (const kernel of await planKernels(specs, options)) kernels.push(await kernel.obtain());
  return kernels;
}

/** A kernel that is known by name and fetched when its turn comes; the hash of those that are there already. */
export interface PlannedKernel
  extends Pick<Kernel, 'id' | 'spec' | 'version' | 'package'>,
    Partial<Pick<Kernel, 'sha256'>> {
  /** Fetches it if need be. */
  obtain(): Promise<Kernel>;
}

/**
 * As `resolveKernels`, but what a range or a series means is fetched kernel by kernel, when each is obtained: one that cannot
 * be had costs itself alone, and the others need not wait for it.
 */
export async function planKernels(specs: readonly string[], options: ResolveOptions = {}): Promise<PlannedKernel[]> {
  const plan = new Map<string, PlannedKernel>();
  for (const spec of specs) {
    const kernels = isPlural(spec)
      ? select(await listPublished(options), spec).map((published) => planned(published, options))
      : (await resolveSpec(spec, options)).map(obtained);
    for (const kernel of kernels) if (!plan.has(kernel.id)) plan.set(kernel.id, kernel);
  }
  return [...plan.values()];
}

/** The kernel that an earlier run had, under the spec that it had there; for a path, the one that is there now if any is. */
export async function plannedAgain(
  { id, spec, version, package: name }: Pick<Kernel, 'id' | 'spec' | 'version' | 'package'>,
  options: ResolveOptions,
): Promise<PlannedKernel> {
  const own = name?.split('=').at(-1) ?? spec;
  const obtain = async () => ({ ...(await resolveKernel(own, options)), spec });
  const named = { id, spec, version, package: name, obtain };
  if (name !== null) return named;
  return obtain().then(obtained, (error) => {
    if (error instanceof KconformError) return named; // told when its turn comes, if anything is left to judge on it
    throw error;
  });
}

function obtained(kernel: Kernel): PlannedKernel {
  return { ...kernel, obtain: async () => kernel };
}

function planned(published: PublishedKernel, options: AptOptions): PlannedKernel {
  const spec = ownSpec(published);
  const name = `${published.package}=${published.packageVersion}`;
  const obtain = () => fetchKernel(published, spec, options);
  return { id: packageId(name), spec, version: published.version, package: name, obtain };
}

/** The spec that means this one of many. */
function ownSpec({ version }: PublishedKernel): string {
  return version.replace(/-cloud-amd64$/, '');
}

/** The one kernel that a spec means. @throws KC_NO_SUCH_KERNEL with the nearest versions that exist */
export async function resolveKernel(spec: string, options: ResolveOptions = {}): Promise<Kernel> {
  const [kernel, another] = await resolveSpec(spec, options);
  if (kernel === undefined) throw noSuchKernel([], spec);
  if (another === undefined) return kernel;
  throw new KconformError(`"${spec}" means several kernels, and one is wanted here`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: `name one of them, for instance ${upstreamVersion(kernel)}`,
  });
}

async function resolveSpec(spec: string, options: ResolveOptions): Promise<Kernel[]> {
  if (isPath(spec)) return [await kernelFromFile(resolve(spec), spec, options)];
  if (await isBuiltSpec(spec)) return [await builtOrBuild(spec, options)];
  if (!isSeries(spec) && !isPlural(spec) && options.refresh !== true) {
    const known = (await listKnown()).filter(named(spec)).at(-1);
    const cached = known && (await cachedKernel(known, spec, options.progress));
    if (cached !== undefined) return [cached]; // without a call of apt, and without a network
  }
  const published = await listPublished(options);
  const kernels: Kernel[] = [];
  for (const found of select(published, spec)) {
    kernels.push(await fetchKernel(found, isPlural(spec) ? ownSpec(found) : spec, options));
  }
  return kernels;
}

/** `6.12.90+deb12.1` is a published package; a name behind the plus that is a profile's means a build. */
async function isBuiltSpec(spec: string): Promise<boolean> {
  const profile = readBuiltSpec(spec)?.profile;
  return profile !== undefined && (await profileNames()).includes(profile);
}

async function builtOrBuild(spec: string, options: ResolveOptions): Promise<Kernel> {
  const wanted = readBuiltSpec(spec);
  try {
    return await resolveBuilt(spec);
  } catch (error) {
    if (!(error instanceof KconformError && error.code === 'KC_NOT_BUILT')) throw error;
    if (wanted === undefined || parseVersion(wanted.source) === undefined) throw error;
    if ((await options.build?.(spec)) !== true) throw error;
    return { ...(await buildKernel(wanted, options)), spec };
  }
}

/** Names that mean another kernel once a newer one is published. */
function isSeries(spec: string): boolean {
  return /^v?\d+(\.\d+)?$/.test(spec);
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

/** @param published the kernels there are, oldest first: the nearest are named */
export function noSuchKernel(published: readonly PublishedKernel[], spec: string): KconformError {
  const all = [...new Set(published.map(({ number }) => number))];
  const wanted = /\d+\.\d+(\.\d+)?/.exec(spec)?.[0];
  const series = all.filter((number) => branchOf(number) === branchOf(wanted ?? ''));
  const numbers = series.length > 0 ? series : all;
  const below = numbers.filter((number) => compareVersions(number, wanted ?? '') < 0).slice(-2);
  const above = numbers.filter((number) => compareVersions(number, wanted ?? '') >= 0).slice(0, 2);
  const near = wanted === undefined ? numbers.slice(-3) : [...below, ...above];
  const nearest = near.length > 0 ? `; the nearest are ${near.join(', ')}` : '';
  return new KconformError(`no published kernel is "${spec}"${nearest}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: 'npx kconform kernels all lists them; a path names a file: ./bzImage',
  });
}
