import { stat } from 'node:fs/promises';
import { cachePath, ensureFolder } from '../cache/folder.ts';
import { makeInUse } from '../cache/use.ts';
import { obtainDisks } from '../guest/disks/obtain.ts';
import { checkDevices, type DiskRequest, deviceModules } from '../guest/disks/request.ts';
import type { GuestModule } from '../guest/initramfs/modules.ts';
import type { HashedArchive, MachineSpec } from '../guest/qemu/machine.ts';
import type { AptOptions } from '../kernels/debian/apt.ts';
import { FILE_SYSTEMS, isImage, type Machine, memoryMiB } from '../machine/machine.ts';
import { type PackageArchive, packageArchive } from '../packages/archive.ts';
import { fileArchive, type GuestFile } from '../packages/files/files.ts';
import { librariesIn, librariesOf } from '../packages/files/libraries.ts';
import type { MachineModules } from './machine-modules.ts';

/** Which packages a guest had. Mirrors drop versions, so that their names do not say it. */
export type GuestPackages = Pick<PackageArchive, 'suite' | 'sha256' | 'packages'>;

/** What must be there before a machine can be booted. */
export interface MachineParts {
  readonly modules: readonly GuestModule[];
  /** Parameters of modules that are built in. */
  readonly kernelParameters: readonly string[];
  /** What goes into QEMU's arguments. */
  readonly devices: Pick<MachineSpec, 'archives' | 'disks' | 'networks'>;
  /** Memory that the archives take, in MiB. */
  readonly archivesMiB: number;
  /** Programs of the packages, which replace those of busybox; undefined without packages. */
  readonly packagePrograms: readonly string[] | undefined;
  readonly packages: GuestPackages | undefined;
}

/**
 * Finds, downloads or makes what the machine asks for.
 * @param machineModules the result of modulesFor
 * @throws as packageArchive, fileArchive and obtainDisks
 */
export async function partsFor(
  machine: Machine,
  { modules, kernelParameters }: MachineModules,
  options: AptOptions,
): Promise<MachineParts> {
  const { packages = [], files = [] } = machine;
  const { requests, networks } = devicesOf(machine);
  checkDevices(requests, networks);
  const ofPackages = packages.length === 0 ? undefined : await packageArchive(packages, options);
  const cache = await ensureFolder(cachePath('initramfs'));
  const inGuest = files.length === 0 ? undefined : await withLibraries(files, ofPackages);
  const ofFiles = inGuest && (await makeInUse(() => fileArchive(inGuest, { cache })));
  const archives = [ofPackages, ofFiles].filter((one) => one !== undefined);
  const attached = await obtainDisks(requests, { ...options, cache: cachePath('disks') });
  return {
    modules,
    kernelParameters,
    devices: {
      ...(archives.length > 0 && { archives: archives.map(hashed) }),
      ...(attached.length > 0 && { disks: attached }),
      ...(networks.length > 0 && { networks }),
    },
    archivesMiB: archives.reduce((sum, archive) => sum + archive.memoryMiB, 0),
    packagePrograms: ofPackages?.programs,
    packages: ofPackages && { suite: ofPackages.suite, sha256: ofPackages.sha256, packages: ofPackages.packages },
  };
}

/** Names of the modules that the machine needs: those for its devices, and those that it asks for. */
export function modulesOf(machine: Machine): string[] {
  const { requests, networks } = devicesOf(machine);
  return [...deviceModules(requests, networks), ...(machine.modules ?? [])];
}

function devicesOf({ disks = [], net = [] }: Machine) {
  return { requests: disks.map(diskRequest), networks: net };
}

/** `1G ext4`, `64M` or the path of an image, as MachineShape has checked it. */
function diskRequest(text: string): DiskRequest {
  if (isImage(text)) return { image: text };
  const [size = '', name] = text.split(' ');
  const fileSystem = FILE_SYSTEMS.find((one) => one === name);
  return { sizeMiB: memoryMiB(size), ...(fileSystem === undefined ? {} : { fileSystem }) };
}

/** `FROM:TO` or `FROM:TO:MODE`. */
export function guestFile(text: string): GuestFile {
  const [from = '', to = '', mode] = text.split(':');
  return { from, to, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) };
}

/** The files, and the libraries of those that are programs of the host; packages bring their own. */
async function withLibraries(files: readonly string[], packages: PackageArchive | undefined): Promise<GuestFile[]> {
  const own = files.map(guestFile);
  if (packages !== undefined) return own;
  const libraries = await Promise.all(
    own.map(async ({ from }) =>
      (await isFile(from)) ? librariesOf(from) : (await isFolder(from)) ? librariesIn(from) : [],
    ),
  );
  return [...libraries.flat(), ...own];
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false, // fileArchive says what is wrong with it
  );
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

function hashed({ path, size, sha256 }: HashedArchive): HashedArchive {
  return { path, size, sha256 };
}
