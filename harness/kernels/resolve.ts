import { KconformError } from '../errors/error.ts';
import { buildKernel } from './build/build.ts';
import { readBuiltSpec, resolveBuilt } from './build/built.ts';
import { profileNames } from './build/profile.ts';
import type { AptOptions } from './debian/apt.ts';
import { listKnown, type PublishedKernel, packageOf, wasListed } from './debian/catalogue.ts';
import { cachedKernel, fetchKernel } from './debian/download.ts';
import { withSymbols } from './debian/symbols.ts';
import { kernelFromFile } from './files/file-kernel.ts';
import { DEFAULT_FLAVOUR, flavourOf, specOfRelease, suffixOf, withFlavour } from './flavour.ts';
import type { Kernel } from './kernel.ts';
import { packageId } from './kernel-id.ts';
import { noSuchKernel } from './select.ts';
import { archiveNamed, debianArchive } from './sources/archive.ts';
import { selectKnown, selectPublished } from './sources/select-published.ts';
import { isMoving, parseSpec } from './spec.ts';
import { parseVersion, upstreamVersion } from './version.ts';

export interface ResolveOptions extends AptOptions {
  /** Whether to build what a spec such as `6.12+debug` names and is not there yet; without it that is an error. */
  readonly build?: (spec: string) => Promise<boolean>;
  /** Whether to download debug information of published kernels, for file and line in splats. */
  readonly symbols?: boolean;
}

/**
 * Kernels for what the user wrote:
 * - `6.12.57`: the newest package of that version; `6.12`: the newest of the series; `7`: the newest of all 7.x
 * - `6.12.90+deb12.1`, `6.12.57-1~bpo12+1`: just that package
 * - `6.12.43..6.12.117`: each version between, ends included; `published:6.12`: each version of the series
 * - any of these with a flavour behind it: `6.12.118:rt`, `published:6.12:amd64`
 * - any of these with the name of a declared source before it: `ubuntu:6.8`, `ubuntu:6.8.0-31-generic`
 * - `6.12.117+debug`, `6.12+debug` (newest), `linux+debug`: what `kconform build` made, or makes with `options.build`
 * - a path: a bzImage or vmlinux, a package or several, a folder with either, a tree in which a kernel was built
 * - `https://…#sha256=HEX`: an image or a package on a server
 * @throws KC_NO_SUCH_KERNEL with the nearest versions that exist, KC_NOT_BUILT with the command that builds it, KC_KERNEL_SOURCE for a
 *   source that is not declared or cannot be used
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
    const parsed = parseSpec(spec, await profileNames());
    const kernels =
      parsed.kind === 'range' || parsed.kind === 'series'
        ? (await selectPublished(parsed, spec, options)).map((published) => planned(published, options))
        : (await resolveSpec(spec, options)).map(obtained);
    for (const kernel of kernels) if (!plan.has(kernel.id)) plan.set(kernel.id, withSymbolsIfAsked(kernel, options));
  }
  return [...plan.values()];
}

/**
 * The published kernels that one spec means, none of them downloaded; nothing for a path or a build.
 * @throws KC_NO_SUCH_KERNEL with the nearest versions that exist
 */
export async function planPublished(spec: string, options: ResolveOptions = {}): Promise<PlannedKernel[]> {
  const parsed = parseSpec(spec, await profileNames());
  if (parsed.kind === 'path' || parsed.kind === 'built') return [];
  return (await selectPublished(parsed, spec, options)).map((published) => planned(published, options));
}

/** They are downloaded when the kernel's turn comes. */
function withSymbolsIfAsked(kernel: PlannedKernel, options: ResolveOptions): PlannedKernel {
  if (options.symbols !== true) return kernel;
  return { ...kernel, obtain: async () => withSymbols(await kernel.obtain(), options) };
}

/** The kernel that an earlier run had, under the spec that it had there; for a path, the one that is there now if any is. */
export async function plannedAgain(
  { id, spec, version, package: name }: Pick<Kernel, 'id' | 'spec' | 'version' | 'package'>,
  options: ResolveOptions,
): Promise<PlannedKernel> {
  const own = name === null ? spec : specOfPackage(name);
  const obtain = async () => ({ ...(await resolveKernel(own, options)), spec });
  const named = { id, spec, version, package: name, obtain };
  if (name !== null) return named;
  return obtain().then(obtained, (error) => {
    if (error instanceof KconformError) return named; // told when its turn comes, if anything is left to judge on it
    throw error;
  });
}

/** @param name `NAME=VERSION`, of a declared source `SOURCE:NAME=VERSION` */
function specOfPackage(name: string): string {
  const [, source, own = '', version = ''] = /^(?:([a-z][a-z0-9-]*):)?([^=]*)=(.*)$/.exec(name) ?? [];
  if (source === undefined) return withFlavour(version, flavourOf(own) ?? DEFAULT_FLAVOUR);
  const flavour = suffixOf(own.replace(/^linux-(image-unsigned|image|binary)-/, ''));
  return flavour === '' ? `${source}:${version}` : `${source}:${version}:${flavour}`;
}

function obtained(kernel: Kernel): PlannedKernel {
  return { ...kernel, obtain: async () => kernel };
}

function planned(published: PublishedKernel, options: AptOptions): PlannedKernel {
  const spec = specOf(published);
  const name = packageOf(published);
  const obtain = () => fetchKernel(published, spec, options);
  return { id: packageId(name), spec, version: published.version, package: name, obtain };
}

function specOf({ source, version }: PublishedKernel): string {
  return source === undefined ? specOfRelease(version) : `${source}:${version}`;
}

/** The one kernel that a spec means. @throws KC_NO_SUCH_KERNEL with the nearest versions that exist */
export async function resolveKernel(spec: string, options: ResolveOptions = {}): Promise<Kernel> {
  const [kernel, another] = await resolveSpec(spec, options);
  if (kernel === undefined) throw noSuchKernel([], spec);
  if (another === undefined) return options.symbols === true ? withSymbols(kernel, options) : kernel;
  throw new KconformError(`"${spec}" matches several kernels, but this command takes one`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: `choose one of them, for instance ${upstreamVersion(kernel)}`,
  });
}

async function resolveSpec(text: string, options: ResolveOptions): Promise<Kernel[]> {
  const spec = parseSpec(text, await profileNames());
  if (spec.kind === 'path') return [await kernelFromFile(spec.path, text, options)];
  if (spec.kind === 'built') return [await builtOrBuild(text, options)];
  const isFixed = spec.kind === 'one' && !isMoving(spec) && options.refresh !== true;
  const archive = spec.source === undefined ? debianArchive() : await archiveNamed(spec.source);
  const inCache = async () => {
    const known = isFixed ? selectKnown(await listKnown(archive), text, archive) : undefined;
    return known && (await cachedKernel(known, text, options.progress));
  };
  // Without a call of apt. Where nothing was listed yet, the cache may hold an older package of the version than the newest.
  const listed = (await wasListed(archive)) ? await inCache() : undefined;
  if (listed !== undefined) return [listed];
  const published = await selectPublished(spec, text, options).catch(async (error: unknown) => {
    const withoutLists = error instanceof KconformError && WITHOUT_LISTS.includes(error.code);
    const cached = withoutLists ? await inCache() : undefined;
    if (cached === undefined) throw error;
    return cached;
  });
  if (!Array.isArray(published)) return [published];
  const kernels: Kernel[] = [];
  for (const found of published) {
    kernels.push(await fetchKernel(found, spec.kind === 'one' ? text : specOf(found), options));
  }
  return kernels;
}

const WITHOUT_LISTS: readonly string[] = ['KC_NO_APT', 'KC_NO_PACKAGE_LISTS'];

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
