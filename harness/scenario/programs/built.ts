import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { ensureFolder, storageError } from '../../cache/folder.ts';
import { contentOf, LEFT_OUT, type Member, membersOf } from '../../cache/folder-content.ts';
import { useUntilEnd } from '../../cache/use.ts';
import { keptPath } from './kept.ts';

/** What a Makefile made. */
export interface Built {
  /** The files that it made, at their places below the folder that was copied. */
  readonly folder: string;
  /** Those of them that may be executed; relative to it. */
  readonly programs: readonly string[];
}

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

/** What was made before under this key. A result of which a file is missing or damaged counts as not there. */
export async function readBuilt(key: string): Promise<Built | undefined> {
  const place = keptPath(key);
  const text = await readFile(join(place, FACTS), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const facts = Facts.safeParse(asJson(text)).data;
  const folder = join(place, MADE);
  if (facts === undefined || (await contentOf(folder).catch(() => undefined)) !== facts.content) return undefined;
  return (await useUntilEnd(place)) ? { folder, programs: facts.programs } : undefined;
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
    await useUntilEnd(place);
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
