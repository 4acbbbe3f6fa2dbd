import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KconformError } from '../errors.ts';
import { ensureFolder, storageError } from './folder.ts';

export interface LockOptions {
  /** What the lock's holder does, as a noun phrase. */
  readonly awaited: string;
  readonly signal?: AbortSignal;
}

const LOOK_EVERY_MS = 100;
let counter = 0;

/**
 * Runs `body` while no other process on this machine holds the lock. The lock is a file that names its holder by pid and
 * start time, so that one left by a process that was killed is recognised and taken over.
 * @throws KC_INTERRUPTED, KC_CACHE_UNWRITABLE
 */
export async function withLock<T>(path: string, options: LockOptions, body: () => Promise<T>): Promise<T> {
  await ensureFolder(dirname(path));
  const own = `${path}.${process.pid}-${counter++}`;
  try {
    await writeFile(own, identityOf(process.pid) ?? '', { mode: 0o600 });
  } catch (cause) {
    throw storageError(cause, path);
  }
  try {
    // link(2) is atomic: of two that try, one gets EEXIST.
    while (!(await tryLink(own, path))) {
      if (options.signal?.aborted) {
        throw new KconformError(`interrupted while waiting for ${options.awaited}`, {
          code: 'KC_INTERRUPTED',
          blame: 'host',
        });
      }
      await removeStale(path, own);
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
  try {
    return await body();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLink(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw storageError(error, path);
  }
}

/** Takes a dead holder's lock away. It is moved aside first: had somebody else been quicker, it is theirs, and is put back. */
async function removeStale(path: string, own: string): Promise<void> {
  const holder = await readFile(path, 'utf8').catch(() => undefined);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${own}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return; // gone meanwhile
  }
  const moved = await readFile(aside, 'utf8').catch(() => holder);
  if (moved !== holder && isAlive(moved)) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(identity: string): boolean {
  const pid = Number(identity.split(' ')[0]);
  return Number.isInteger(pid) && identityOf(pid) === identity;
}

/** A pid with its start time (field 22 of /proc/PID/stat, proc(5)), as pids are used again. */
function identityOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
