import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { ensureFolder, storageError } from '../../cache/folder.ts';
import { keptPath, sha256 } from './kept.ts';

/** What a Makefile made. */
export interface Built {
  /** The files that it made, at their places below the folder that was copied. */
  readonly folder: string;
  /** Those of them that may be executed; relative to it. */
  readonly programs: readonly string[];
}

/** Left out of copies: they are no sources, and may be large. */
const LEFT_OUT = ['.git', 'node_modules'];
/** Made on the way to a program. */
const ON_THE_WAY = /\.(o|a|d|cmd)$/;
/** What was made, beside its files. */
const FACTS = 'facts.json';
const MADE = 'made';
const Facts = z.object({ programs: z.array(z.string()), content: z.string() });

/** A folder without links into others, so that what is written in it is written nowhere else; times are kept for make(1). */
export async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    dereference: true,
    preserveTimestamps: true,
    filter: (path) => !LEFT_OUT.includes(basename(path)) && existsSync(path), // a link that leads nowhere is left out
  });
}

/** A member of a folder. */
interface Member {
  readonly kind: 'file' | 'folder' | 'link';
  readonly mode: number;
  /** Changes when it is written. */
  readonly stamp: string;
}

/** All files, links and folders below a folder, by their path relative to it. */
export async function membersOf(folder: string): Promise<ReadonlyMap<string, Member>> {
  const found = new Map<string, Member>();
  const walk = async (inner: string) => {
    for (const name of (await readdir(inner)).sort()) {
      if (LEFT_OUT.includes(name)) continue;
      const path = join(inner, name);
      const facts = await lstat(path);
      const kind = facts.isDirectory() ? 'folder' : facts.isSymbolicLink() ? 'link' : 'file';
      const stamp = kind === 'folder' ? '' : `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
      if (kind !== 'file' || facts.isFile())
        found.set(relative(folder, path), { kind, mode: facts.mode & 0o777, stamp });
      if (kind === 'folder') await walk(path);
    }
  };
  await walk(folder);
  return found;
}

/** A hash of names, permissions, bytes and links. */
export async function contentOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, { kind, mode }] of await membersOf(folder)) {
    const path = join(folder, name);
    const content = kind === 'file' ? sha256(await readFile(path)) : kind === 'link' ? await readlink(path) : '';
    hash.update(JSON.stringify([name, kind, mode, content]));
  }
  return hash.digest('hex');
}

/** What was made before under this key. A result of which a file is missing or damaged counts as not there. */
export async function readBuilt(key: string): Promise<Built | undefined> {
  const place = keptPath(key);
  const text = await readFile(join(place, FACTS), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const facts = Facts.safeParse(asJson(text)).data;
  const folder = join(place, MADE);
  if (facts === undefined || (await contentOf(folder).catch(() => undefined)) !== facts.content) return undefined;
  const now = new Date();
  await utimes(place, now, now).catch(() => undefined); // a cache that cannot be written
  return { folder, programs: facts.programs };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Puts what was made in a copy into the cache.
 * @param before the members of the copy before anything was made
 * @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL (host)
 */
export async function keepBuilt(copy: string, before: ReadonlyMap<string, Member>, key: string): Promise<Built> {
  const place = keptPath(key);
  const fresh = `${place}.${process.pid}.new`;
  const made = [...(await membersOf(copy))].filter(
    ([name, { stamp }]) => before.get(name)?.stamp !== stamp && !ON_THE_WAY.test(name),
  );
  const programs = made.filter(([name, one]) => isProgram(name, one)).map(([name]) => name);
  try {
    await ensureFolder(dirname(place));
    await rm(fresh, { recursive: true, force: true });
    await mkdir(join(fresh, MADE), { recursive: true });
    for (const [name, { kind }] of made) await copyMember(join(copy, name), join(fresh, MADE, name), kind);
    await writeFile(join(fresh, FACTS), JSON.stringify({ programs, content: await contentOf(join(fresh, MADE)) }));
    await rm(place, { recursive: true, force: true });
    await rename(fresh, place);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw storageError(error, place);
  }
  return { folder: join(place, MADE), programs };
}

function isProgram(name: string, { kind, mode }: Member): boolean {
  return kind === 'file' && (mode & 0o111) !== 0 && !/\.so(\.|$)/.test(name);
}

async function copyMember(from: string, to: string, kind: Member['kind']): Promise<void> {
  await mkdir(kind === 'folder' ? to : dirname(to), { recursive: true });
  if (kind === 'file') await copyFile(from, to);
  if (kind === 'link') await symlink(await readlink(from), to);
}
