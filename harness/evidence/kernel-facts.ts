import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { cachePath } from '../cache/folder.ts';
import { KconformError } from '../errors/error.ts';
import type { GuestModule } from '../guest/initramfs/modules.ts';
import { readConfigText } from '../kernels/config.ts';
import { type AptOptions, apt } from '../kernels/debian/apt.ts';
import { cachedKernel } from '../kernels/debian/download.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { resolveKernel } from '../kernels/resolve.ts';
import { archiveNamed } from '../kernels/sources/archive.ts';
import type { Machine } from '../machine/machine.ts';
import type { KernelIdentity } from '../run/events.ts';
import { modulesFor } from '../run/machine-modules.ts';
import { modulesOf } from '../run/machine-parts.ts';

/** What can be said of a kernel of a stored run. What is not known is undefined. */
export interface KernelFacts {
  /** The name and the version of its package; undefined for a file or a build. */
  readonly package: { readonly name: string; readonly version: string; readonly source: string } | undefined;
  /** The package's file, as the signed package lists describe it. */
  readonly deb: { readonly path: string; readonly sha256: string } | undefined;
  /** The image itself, where this machine still has the one that was booted. */
  readonly image: Kernel | undefined;
  readonly config: string | undefined;
  /** An image with debug information, where one is in the cache. */
  readonly symbols: string | undefined;
  /** The modules that the machine loads. */
  readonly modules: readonly GuestModule[];
  /** Parameters of modules that are built in. */
  readonly kernelParameters: readonly string[];
  /** Why something of it is missing, each a sentence. */
  readonly notes: readonly string[];
}

/** Looks into the cache and the package lists. Nothing is downloaded but the modules that the machine needs. */
export async function kernelFacts(
  identity: KernelIdentity,
  machine: Machine,
  options: AptOptions,
): Promise<KernelFacts> {
  const name = packageIn(identity.package);
  const image = await imageOf(identity, name);
  const loaded = image === undefined ? undefined : await modulesIn(image, machine, options);
  const wants = modulesOf(machine).length > 0;
  const notes = [
    ...(image === undefined ? ['The image that was booted is not on this machine any more.'] : []),
    ...(loaded instanceof KconformError ? [`Modules are missing: ${loaded.message}.`] : []),
    ...(image === undefined && wants ? [`Modules are missing: ${modulesOf(machine).join(', ')}.`] : []),
  ];
  const found = loaded === undefined || loaded instanceof KconformError ? undefined : loaded;
  return {
    package: name,
    deb: name === undefined ? undefined : await debOf(name, options),
    image,
    config: image === undefined ? undefined : await readConfigText(image),
    symbols: image === undefined ? undefined : symbolsOf(image),
    modules: found?.modules ?? [],
    kernelParameters: found?.kernelParameters ?? [],
    notes,
  };
}

/** `NAME=VERSION`, of a declared source `SOURCE:NAME=VERSION`. */
function packageIn(text: string | null): KernelFacts['package'] {
  const [, source = 'debian', name, version] = /^(?:([a-z][a-z0-9-]*):)?([^=]+)=(.+)$/.exec(text ?? '') ?? [];
  return name === undefined || version === undefined ? undefined : { name, version, source };
}

/** The same bytes as those that were booted, or none. */
async function imageOf(identity: KernelIdentity, name: KernelFacts['package']): Promise<Kernel | undefined> {
  try {
    const source = name === undefined || name.source === 'debian' ? {} : { source: name.source };
    const kernel =
      name === undefined
        ? await resolveKernel(identity.spec)
        : await cachedKernel({ package: name.name, packageVersion: name.version, ...source }, identity.spec);
    return kernel?.id === identity.id ? kernel : undefined;
  } catch (error) {
    if (error instanceof KconformError && error.code !== 'KC_INTERRUPTED') return undefined;
    throw error;
  }
}

async function modulesIn(image: Kernel, machine: Machine, options: AptOptions) {
  try {
    return await modulesFor(image, modulesOf(machine), options);
  } catch (error) {
    if (error instanceof KconformError && error.code !== 'KC_INTERRUPTED') return error;
    throw error;
  }
}

/** Where an earlier `--symbols` put it; see withSymbols. */
function symbolsOf({ symbols, vmlinux }: Kernel): string | undefined {
  if (typeof symbols === 'string') return symbols;
  const path = cachePath('symbols', basename(dirname(vmlinux)), 'vmlinux');
  return existsSync(path) ? path : undefined;
}

async function debOf(
  { name, version, source }: NonNullable<KernelFacts['package']>,
  { signal }: AptOptions,
): Promise<KernelFacts['deb']> {
  try {
    const archive = await archiveNamed(source);
    const { stdout } = await apt('apt-cache', ['show', `${name}=${version}`], { signal, archive });
    const field = (key: string) => new RegExp(`^${key}: (\\S+)$`, 'm').exec(stdout)?.[1];
    const [path, sha256] = [field('Filename'), field('SHA256')];
    return path === undefined || sha256 === undefined ? undefined : { path, sha256 };
  } catch (error) {
    // Without apt or its lists the file is not described; the name and the version say which it is.
    if (error instanceof KconformError && error.code !== 'KC_INTERRUPTED') return undefined;
    throw error;
  }
}
