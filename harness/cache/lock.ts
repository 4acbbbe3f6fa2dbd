import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KconformError } from '../errors.ts';
import { ensureFolder, storageError } from './folder.ts';

export interface LockOptions {
  /** What the lock's holder does, as a noun phrase. */
  readonly awaited: string;
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds the lock. */
  readonly onWait?: () => void;
}

const LOOK_EVERY_MS = 100;
/** A holder shows that often that it lives, for those in other pid namespaces (containers that share the cache). */
const SHOW_EVERY_MS = 60_000;
/** How long a holder in another pid namespace that shows nothing is taken for alive. */
const FOREIGN_LASTS_MS = 15 * 60_000;

/**
 * Runs `body` while no other process on this machine holds the lock. The lock is a file that names its holder by pid and
 * start time, so that one left by a process that was killed is recognised and taken over.
 * @throws KC_INTERRUPTED, KC_CACHE_UNWRITABLE, KC_DISK_FULL
 */
export async function withLock<T>(path: string, options: LockOptions, body: () => Promise<T>): Promise<T> {
  await ensureFolder(dirname(path));
  await acquire(path, options);
  const showing = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // taken over, or the cache was removed: nothing more to show
  }, SHOW_EVERY_MS).unref();
  try {
    return await body();
  } finally {
    clearInterval(showing);
    await rm(path, { force: true });
  }
}

/** Whether a living process holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  return existsSync(path) && !(await isStale(path));
}

/** What tells this process from every other, also of other boots. */
export function ownIdentity(): string {
  return identityOf(process.pid) ?? String(process.pid);
}

async function acquire(path: string, { awaited, signal, onWait }: LockOptions): Promise<void> {
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  let told = false;
  try {
    await writeFile(own, ownIdentity(), { mode: 0o600 });
    // link(2) is atomic: of two that try, one gets EEXIST.
    while (!(await tryLink(own, path))) {
      if (signal?.aborted) {
        throw new KconformError(`interrupted while waiting for ${awaited}`, { code: 'KC_INTERRUPTED', blame: 'host' });
      }
      if (await isStale(path)) {
        await removeStale(path, { awaited, ...(signal ? { signal } : {}) });
        continue;
      }
      if (!told) onWait?.();
      told = true;
      await sleep(LOOK_EVERY_MS);
    }
  } catch (cause) {
    throw storageError(cause, path);
  } finally {
    await rm(own, { force: true });
  }
}

async function tryLink(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a dead holder's lock. Only the holder of a second lock may do so, and it looks again once it has that: a dead
 * holder's file stays as it is until it is removed here, so what is removed is never the lock of somebody who lives.
 */
async function removeStale(path: string, options: LockOptions): Promise<void> {
  await withLock(`${path}.takeover`, options, async () => {
    if (await isStale(path)) await rm(path, { force: true });
  });
}

async function isStale(path: string): Promise<boolean> {
  const holder = await readFile(path, 'utf8').catch(() => undefined);
  if (holder === undefined) return false; // released meanwhile
  const [pid = '', , boot, namespace] = holder.split(' ');
  const [, , ownBoot, ownNamespace] = (identityOf(process.pid) ?? '').split(' ');
  if (boot === ownBoot && namespace !== ownNamespace) {
    const facts = await stat(path).catch(() => undefined);
    return facts !== undefined && Date.now() - facts.mtimeMs > FOREIGN_LASTS_MS;
  }
  return identityOf(Number(pid)) !== holder;
}

/**
 * `pid start boot namespace`: a pid with its start time (field 22 of /proc/PID/stat, proc(5)), as pids are used again, the
 * boot that the start time counts from, and the pid namespace that the pid belongs to.
 */
function identityOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}
