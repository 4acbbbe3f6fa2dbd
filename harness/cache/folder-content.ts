import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Not taken as a part of a folder: they are no sources, and may be large. */
export const LEFT_OUT = ['.git', 'node_modules'];

/** A member of a folder. */
export interface Member {
  readonly kind: 'file' | 'folder' | 'link';
  readonly mode: number;
  /** Changes when it is written. */
  readonly stamp: string;
  readonly size: number;
  /** When it was written or got another mode, which no program can set. */
  readonly changed: number;
}

/** Relative paths of all files, links and folders below a folder. Links are not followed, as readdir() without types follows them. */
export async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
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
        found.set(relative(folder, path), {
          kind,
          mode: facts.mode & 0o777,
          size: facts.size,
          stamp,
          changed: facts.ctimeMs,
        });
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

/** As {@link contentOf}, with all that links lead to: for a folder of which the files are read through links. */
export async function contentThroughLinks(folder: string, above: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256').update(await contentOf(folder));
  const inside = [...above, await realpath(folder)];
  for (const [name, { kind }] of await membersOf(folder)) {
    if (kind === 'link') hash.update(JSON.stringify([name, await targetOf(join(folder, name), inside)]));
  }
  return hash.digest('hex');
}

async function targetOf(link: string, above: readonly string[]): Promise<string> {
  const facts = await stat(link).catch(() => undefined);
  if (facts === undefined) return 'nothing';
  const mode = (facts.mode & 0o777).toString(8);
  if (facts.isFile()) return `${mode} ${sha256(await readFile(link))}`;
  if (!facts.isDirectory()) return 'no file';
  const place = await realpath(link);
  return above.includes(place) ? `above: ${place}` : `${mode} ${await contentThroughLinks(link, above)}`;
}

/** Changes when a member of a folder is written, added or removed; it reads no file. A copy of the folder has another one. */
export async function stampOf(folder: string): Promise<string> {
  return sha256(JSON.stringify([...(await membersOf(folder))]));
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
