import { access, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';

const SEARCH = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** Programs of the host that every guest has. */
export interface HostPrograms {
  readonly busybox: string;
  /** The SSH server, and the program that makes its key. */
  readonly servers: readonly string[];
  readonly libraries: readonly HostLibrary[];
}

/** A library of the SSH server, or one that its C library loads by name. */
export interface HostLibrary {
  /** Where programs look for it, here and in the guest. */
  readonly place: string;
  /** The file behind symbolic links. */
  readonly file: string;
}

/** @throws KC_TOOL_MISSING (host) */
export async function hostPrograms(): Promise<HostPrograms> {
  const busybox = await find('busybox', 'busybox-static');
  const servers = [await find('dropbear', 'dropbear-bin'), await find('dropbearkey', 'dropbear-bin')];
  const places = new Set<string>();
  for (const { stdout } of await Promise.all(servers.map((server) => execa('ldd', [server]))))
    for (const [place] of stdout.matchAll(/\/\S+(?= \(0x)/g)) places.add(place);
  const libgcc = await libraryOfThreads();
  if (libgcc !== undefined) places.add(libgcc);
  const sorted = [...places].sort();
  return {
    busybox,
    servers,
    libraries: await Promise.all(sorted.map(async (place) => ({ place, file: await realpath(place) }))),
  };
}

/**
 * What glibc loads when a thread is cancelled or calls pthread_exit(3). No program names it among its libraries; without it glibc
 * aborts the program.
 */
async function libraryOfThreads(): Promise<string | undefined> {
  for (const folder of ['/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/usr/lib']) {
    const path = join(folder, 'libgcc_s.so.1');
    if (await isThere(path)) return path;
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function find(program: string, debianPackage: string): Promise<string> {
  for (const folder of SEARCH) {
    const path = join(folder, program);
    if (await isThere(path)) return path;
  }
  throw missingTool(program, debianPackage);
}

/** @param debianPackage what brings it */
export function missingTool(program: string, debianPackage: string): KconformError {
  return new KconformError(`${program} is not installed`, {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: `apt-get install ${debianPackage}`,
  });
}
