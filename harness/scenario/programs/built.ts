import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { ensureFolder, storageError } from '../../cache/folder.ts';
import { keptPath, sha256 } from './kept.ts';

/** A folder in which a Makefile was run. */
export interface Built {
  /** The copy, with what was made in it. */
  readonly folder: string;
  /** The programs in it that were not there before, or that changed; relative to it. */
  readonly programs: readonly string[];
}

/** Left out of copies: they are no sources, and may be large. */
const LEFT_OUT = ['.git', 'node_modules'];
/** What was made, beside the copy. */
const FACTS = 'facts.json';
const COPY = 'copy';
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

/** Files below a folder, relative to it; links count as what they lead to. */
async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (inner: string) => {
    for (const name of (await readdir(inner)).sort()) {
      const path = join(inner, name);
      const facts = LEFT_OUT.includes(name) ? undefined : await stat(path).catch(() => undefined);
      if (facts?.isDirectory()) await walk(path);
      else if (facts?.isFile()) found.push(relative(folder, path));
    }
  };
  await walk(folder);
  return found;
}

/** A hash of names, permissions and bytes of all files. */
export async function contentOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await filesIn(folder)) {
    const path = join(folder, name);
    hash.update(JSON.stringify([name, (await stat(path)).mode & 0o777, sha256(await readFile(path))]));
  }
  return hash.digest('hex');
}

/** Files that may be executed, each with its time and size. Objects and libraries are none that one runs. */
export async function executablesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of await filesIn(folder)) {
    const { mode, mtimeMs, size } = await stat(join(folder, name));
    if ((mode & 0o111) !== 0 && !/\.(o|a|so)(\.|$)/.test(basename(name))) found.set(name, `${mtimeMs} ${size}`);
  }
  return found;
}

/** A folder of the cache in which something was made before. A copy of which a file is missing or damaged counts as not there. */
export async function readBuilt(key: string): Promise<Built | undefined> {
  const place = keptPath(key);
  const text = await readFile(join(place, FACTS), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const facts = Facts.safeParse(asJson(text)).data;
  const folder = join(place, COPY);
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

/** Puts a copy in which something was made into the cache. @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL (host) */
export async function keepBuilt(copy: string, programs: readonly string[], key: string): Promise<Built> {
  const place = keptPath(key);
  const fresh = `${place}.${process.pid}.new`;
  try {
    await ensureFolder(dirname(place));
    await rm(fresh, { recursive: true, force: true });
    await cp(copy, join(fresh, COPY), { recursive: true, preserveTimestamps: true });
    await writeFile(join(fresh, FACTS), JSON.stringify({ programs, content: await contentOf(join(fresh, COPY)) }));
    await rm(place, { recursive: true, force: true });
    await rename(fresh, place);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw storageError(error, place);
  }
  return { folder: join(place, COPY), programs };
}
