import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { publishFile } from '../cache/folder.ts';
import { contentOf, membersOf, stampOf } from '../cache/folder-content.ts';

/** What the programs of a built suite are, beside their folders. */
export const SUITE_FILE = 'suite.json';

const Hashes = z.strictObject({ stamps: z.array(z.string()), contents: z.array(z.string()) });

/**
 * Writes what is known about a built suite, with hashes of its folders.
 * @param folder the suite's place in the cache
 * @param parts folders in it with its programs
 * @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL (host)
 */
export async function writeBuiltFolder(folder: string, parts: readonly string[], facts: unknown): Promise<void> {
  const hashes = { stamps: await all(folder, parts, stampOf), contents: await all(folder, parts, contentOf) };
  await publishFile(join(folder, SUITE_FILE), (path) => writeFile(path, JSON.stringify({ facts, hashes })));
}

/**
 * What {@link writeBuiltFolder} wrote; undefined where there is nothing, and where a file of the folders is missing, new or another one:
 * an empty program, started by stdbuf(1), would pass. Files are read only where their times are not those of the build.
 */
export async function readBuiltFolder<T>(
  folder: string,
  parts: readonly string[],
  shape: z.ZodType<T>,
): Promise<T | undefined> {
  const text = await readFile(join(folder, SUITE_FILE), 'utf8').catch(() => undefined);
  const known =
    text === undefined ? undefined : z.strictObject({ facts: shape, hashes: Hashes }).safeParse(parse(text)).data;
  if (known === undefined) return undefined;
  const { facts, hashes } = known;
  const isAsBuilt = same(await all(folder, parts, stampOf), hashes.stamps);
  return isAsBuilt || same(await all(folder, parts, contentOf), hashes.contents) ? facts : undefined;
}

/** Removes empty files that may be executed, as a full disk leaves them. @returns their paths in the folder */
export async function removeEmptyPrograms(folder: string): Promise<ReadonlySet<string>> {
  const empty = new Set<string>();
  for (const [name, { kind, mode, size }] of await membersOf(folder)) {
    if (kind !== 'file' || size > 0 || (mode & 0o111) === 0) continue;
    await rm(join(folder, name));
    empty.add(name);
  }
  return empty;
}

/** A folder that is not there has the hash '', which is another one than that of an empty folder. */
function all(folder: string, parts: readonly string[], hash: (path: string) => Promise<string>): Promise<string[]> {
  return Promise.all(parts.map((part) => hash(join(folder, part)).catch(missing)));
}

function missing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((hash, index) => hash === other[index]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // damaged: it is made again
  }
}
