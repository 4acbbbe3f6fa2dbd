import { rmSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isLocked, ownIdentity } from './lock.ts';

const marked = new Set<string>();
process.once('exit', () => {
  for (const path of marked) rmSync(path, { force: true });
});

/**
 * Says that this process uses what is at `path` until it ends, or says otherwise. Taken, like the decision to give it up, under the lock
 * `${path}.lock`, so that nothing goes between the look and the use.
 */
export async function markUse(path: string): Promise<void> {
  const mark = `${path}.use-${process.pid}`;
  if (marked.has(mark)) return;
  marked.add(mark);
  await writeFile(mark, ownIdentity(), { mode: 0o600 });
}

/** Takes back what {@link markUse} said: it may be given up when the cache is too large. */
export async function endUse(path: string): Promise<void> {
  const mark = `${path}.use-${process.pid}`;
  if (marked.delete(mark)) await rm(mark, { force: true });
}

/** Whether a living process has marked it; marks of the dead are removed. */
export async function isInUse(path: string): Promise<boolean> {
  const start = `${basename(path)}.use-`;
  const names = await readdir(dirname(path)).catch(() => []);
  let inUse = false;
  for (const name of names.filter((one) => one.startsWith(start))) {
    const mark = join(dirname(path), name);
    if (await isLocked(mark)) inUse = true;
    else await rm(mark, { force: true });
  }
  return inUse;
}
