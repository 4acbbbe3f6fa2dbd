import { existsSync, rmSync } from 'node:fs';
import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isLocked, ownIdentity, withLock } from './lock.ts';
import { replaceFile } from './replace-file.ts';

const MARK = /\.use-\d+$/;
const UNFINISHED_MARK = /\.use-\d+\.new$/;
const UNFINISHED_LASTS_MS = 60 * 60_000;
/** Marks are shown to be alive that often: see isLocked for processes in other containers. */
const SHOW_EVERY_MS = 60_000;

const marked = new Set<string>();
process.once('exit', () => {
  for (const path of marked) rmSync(path, { force: true });
});
setInterval(() => {
  const now = new Date();
  // The cache may have been removed meanwhile: then there is nothing to show.
  for (const path of marked) utimes(path, now, now).catch(() => undefined);
}, SHOW_EVERY_MS).unref();

/**
 * Says that this process uses what is at `path` until it ends, or says otherwise. Taken, like the decision to give it up, under the lock
 * `${path}.lock`, so that nothing goes between the look and the use. Marks that killed processes left in the folder are removed.
 */
export async function markUse(path: string): Promise<void> {
  const mark = `${path}.use-${process.pid}`;
  if (marked.has(mark) && existsSync(mark)) return;
  await removeDeadMarks(dirname(path));
  marked.add(mark);
  // In one step: a mark that does not name its process yet would be removed as that of a dead one.
  await replaceFile(mark, (temporary) => writeFile(temporary, ownIdentity(), { mode: 0o600 }), {
    temporary: `${mark}.new`,
  });
}

/**
 * Says that this process uses what is in the cache at `path`, now and until it ends: no other run removes it, however long this one takes.
 * @returns false if it is gone. In a cache that cannot be written it is there as long as nobody removes it by hand.
 */
export async function useUntilEnd(path: string): Promise<boolean> {
  const lock = { awaited: `another run that may give up ${path}` };
  return withLock(`${path}.lock`, lock, async () => {
    if (!existsSync(path)) return false;
    await markUse(path);
    const now = new Date();
    await utimes(path, now, now);
    return true;
  }).catch(() => existsSync(path));
}

/** Makes a file in the cache that stays there until this process ends; once more, if another run removed it meanwhile. */
export async function makeInUse<T extends { readonly path: string }>(make: () => Promise<T>): Promise<T> {
  const made = await make();
  if (await useUntilEnd(made.path)) return made;
  const again = await make();
  await useUntilEnd(again.path);
  return again;
}

/** Takes back what {@link markUse} said: it may be given up when the cache is too large. */
export async function endUse(path: string): Promise<void> {
  const mark = `${path}.use-${process.pid}`;
  if (marked.delete(mark)) await rm(mark, { force: true });
}

/** Whether a living process has marked it; marks of the dead are removed. */
export async function isInUse(path: string): Promise<boolean> {
  const start = `${basename(path)}.use-`;
  await removeDeadMarks(dirname(path));
  const names = await readdir(dirname(path)).catch(() => []);
  return names.some((name) => name.startsWith(start) && MARK.test(name));
}

/** Removes the marks of processes that were killed. A cache that cannot be written keeps them. */
export async function removeDeadMarks(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const dead = MARK.test(name) ? !(await isLocked(path)) : UNFINISHED_MARK.test(name) && (await isOld(path));
    if (dead) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isOld(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > UNFINISHED_LASTS_MS;
}
