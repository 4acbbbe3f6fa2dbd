import { access, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import type { GuestFile } from './files.ts';

/** Folders that the loader of glibc looks into on Debian, Ubuntu, Fedora and Arch, after those that a program names. */
const FOLDERS = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib'];

/** The dynamic section of a program or a library. */
export interface Dynamic {
  /** The loader that the program names; undefined for a static one. */
  readonly loader: string | undefined;
  readonly needed: readonly string[];
  readonly folders: readonly string[];
  /** The newest version of glibc of which it uses a function: `2.36`. */
  readonly glibc: string | undefined;
}

/**
 * The libraries and the loader of a program of the host, for the same places in the guest; none for a static program, or a file
 * that is no program.
 * @param program absolute path on the host
 * @throws KC_MACHINE_FILE (case) for a library that is not there; KC_TOOL_MISSING (host)
 */
export async function librariesOf(program: string): Promise<GuestFile[]> {
  const first = await readDynamic(program);
  if (first?.loader === undefined) return [];
  const found = new Map<string, string>();
  found.set(basename(first.loader), first.loader);
  const wanted = [{ program, dynamic: first }];
  for (let one = wanted.pop(); one !== undefined; one = wanted.pop()) {
    for (const name of one.dynamic.needed) {
      if (found.has(name)) continue;
      const path = await search(name, [...one.dynamic.folders, ...FOLDERS]);
      if (path === undefined)
        throw refused(
          `${one.program} needs ${name}, which is not on this host`,
          'install the library, or link the program statically',
        );
      found.set(name, path);
      const dynamic = await readDynamic(path);
      if (dynamic !== undefined) wanted.push({ program: path, dynamic });
    }
  }
  // What a program finds beside itself is found in a folder of the system too, wherever the program is put.
  const system = dirname(found.get('libc.so.6') ?? '/usr/lib/x86_64-linux-gnu/libc.so.6');
  return Promise.all(
    [...found].map(async ([name, path]) => {
      const to = path === first.loader || FOLDERS.includes(dirname(path)) ? path : join(system, name);
      return { from: await realpath(path), to, mode: 0o755 };
    }),
  );
}

/**
 * The libraries of all programs in a folder of the host. One that needs a library that is not there brings none: it says so itself when it
 * starts.
 * @throws KC_TOOL_MISSING (host)
 */
export async function librariesIn(folder: string): Promise<GuestFile[]> {
  const found = new Map<string, GuestFile>();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || ((await stat(path)).mode & 0o111) === 0) continue;
    const libraries = await librariesOf(path).catch((error: unknown) => {
      if (error instanceof KconformError && error.code === 'KC_MACHINE_FILE') return [];
      throw error;
    });
    for (const library of libraries) found.set(library.to, library);
  }
  return [...found.values()];
}

/** What was read of libraries of the system, which do not change while kconform runs. */
const known = new Map<string, Promise<Dynamic | undefined>>();

/** undefined for a file that is not an ELF file with a dynamic section. @throws KC_TOOL_MISSING (host) */
export function readDynamic(path: string): Promise<Dynamic | undefined> {
  if (!FOLDERS.includes(dirname(path))) return read(path);
  const found = known.get(path) ?? read(path);
  known.set(path, found);
  return found;
}

async function read(path: string): Promise<Dynamic | undefined> {
  const { stdout, code } = await execa('readelf', ['-W', '-l', '-d', '-V', path], {
    reject: false,
    env: { LC_ALL: 'C' },
  });
  if (code === 'ENOENT') {
    throw new KconformError('readelf is not installed', {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: 'apt-get install binutils',
    });
  }
  if (typeof stdout !== 'string' || !stdout.includes('Dynamic section')) return undefined;
  const all = (pattern: RegExp) => [...stdout.matchAll(pattern)].map(([, value = '']) => value);
  const paths = all(/\((?:RPATH|RUNPATH)\)\s+Library (?:rpath|runpath): \[(.*)\]/g).flatMap((list) => list.split(':'));
  const versions = all(/Name: GLIBC_(\d+\.\d+)(?:\.\d+)? .*Version: /g);
  return {
    loader: all(/Requesting program interpreter: (.*)\]/g)[0],
    needed: all(/\(NEEDED\)\s+Shared library: \[(.*)\]/g),
    folders: paths.map((folder) => folder.replaceAll(/\$\{?ORIGIN\}?/g, dirname(path))),
    glibc: versions.sort(byVersion).at(-1),
  };
}

function byVersion(a: string, b: string): number {
  const [one, other] = [a.split('.').map(Number), b.split('.').map(Number)];
  return (one[0] ?? 0) - (other[0] ?? 0) || (one[1] ?? 0) - (other[1] ?? 0);
}

async function search(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return undefined;
}

function refused(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_MACHINE_FILE', blame: 'case', hint });
}
