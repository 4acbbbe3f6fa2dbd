import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KconformError } from '../errors/error.ts';
import { ensureFolder, storageError } from './folder.ts';

export interface LockOptions {
  /** What the lock's holder does, as a noun phrase. */
  readonly awaited: string;
  readonly signal?: AbortSignal;
  /** Called once, with what is awaited and who holds the lock, when it has been awaited for {@link TELL_AFTER_MS}. */
  readonly onWait?: (message: string) => void;
  /** The error to throw when a living process holds the lock; without it the lock is awaited. */
  readonly refuse?: (holder: string) => KconformError;
}

const LOOK_EVERY_MS = 100;
const TELL_AFTER_MS = 2_000;
/** A holder shows that often that it lives, for those in other pid namespaces (containers) and on other machines. */
const SHOW_EVERY_MS = 4_000;
/** Who would refuse a lock looks for that long whether a holder that it cannot see shows that it lives. */
const WATCH_FOREIGN_MS = 3 * SHOW_EVERY_MS;
/** How long a holder in another pid namespace that shows nothing is taken for alive. */
const FOREIGN_LASTS_MS = 15 * 60_000;

/**
 * Runs `body` while no other process on this machine holds the lock. The lock is a file that names its holder by pid and
 * start time, so that one left by a process that was killed is recognised and taken over.
 * @throws KC_INTERRUPTED, KC_CACHE_UNWRITABLE, KC_DISK_FULL, and what `options.refuse` returns
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

/** Identifies this process, also across boots. */
export function ownIdentity(): string {
  return identityOf(process.pid) ?? String(process.pid);
}

/** A process that holds a lock, for a message. */
async function describeHolder(path: string): Promise<string> {
  const holder = await readFile(path, 'utf8').catch(() => '');
  const [pid = ''] = holder.split(' ');
  if (pid === '') return `${path} is there and names no process (remove it if no kconform runs)`;
  if (isForeign(holder)) return `process ${pid} of another container or machine holds ${path}`;
  const name = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const words = name.replaceAll('\0', ' ').trim().slice(0, 120);
  return `process ${pid}${words === '' ? '' : ` (${words})`} holds ${path}`;
}

async function acquire(path: string, options: LockOptions): Promise<void> {
  const { awaited, signal, onWait, refuse } = options;
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const since = performance.now();
  let told = false;
  try {
    await writeFile(own, ownIdentity(), { mode: 0o600 });
    // link(2) is atomic: of two that try, one gets EEXIST.
    while (!(await tryLink(own, path))) {
      if (signal?.aborted) {
        throw new KconformError(`interrupted while waiting for ${awaited}`, { code: 'KC_INTERRUPTED', blame: 'host' });
      }
      if (await isDead(path, options)) {
        await removeStale(path, options);
        continue;
      }
      if (refuse !== undefined && existsSync(path)) throw refuse(await describeHolder(path));
      if (!told && performance.now() - since >= TELL_AFTER_MS) {
        told = true;
        onWait?.(`waiting for ${awaited}: ${await describeHolder(path)}`);
      }
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
async function removeStale(path: string, { refuse, ...options }: LockOptions): Promise<void> {
  const seen = await readFile(path, 'utf8').catch(() => undefined);
  await withLock(`${path}.takeover`, options, async () => {
    const now = await readFile(path, 'utf8').catch(() => undefined);
    if (now !== seen || (refuse === undefined && !(await isStale(path)))) return;
    await rm(path, { force: true });
  });
}

/** Whether a holder of that lock, which may be one that cannot be seen from here, has ended. */
async function isDead(path: string, { refuse, onWait }: LockOptions): Promise<boolean> {
  const holder = await readFile(path, 'utf8').catch(() => undefined);
  if (refuse === undefined || holder === undefined || !isForeign(holder)) return isStale(path);
  onWait?.(`looking for ${WATCH_FOREIGN_MS / 1000} s whether it still runs: ${await describeHolder(path)}`);
  const shownBefore = await stat(path).catch(() => undefined);
  await sleep(WATCH_FOREIGN_MS);
  const shownAfter = await stat(path).catch(() => undefined);
  return shownAfter !== undefined && shownBefore?.mtimeMs === shownAfter.mtimeMs;
}

/** Whether the holder lives in another pid namespace or ran in another boot, here or on another machine. */
function isForeign(holder: string): boolean {
  const [, , boot, namespace] = holder.split(' ');
  const [, , ownBoot, ownNamespace] = ownIdentity().split(' ');
  return boot !== undefined && (boot !== ownBoot || namespace !== ownNamespace);
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
