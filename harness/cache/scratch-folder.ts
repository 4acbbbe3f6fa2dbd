import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KconformError } from '../errors/error.ts';

/**
 * A new folder for temporary files, by its absolute path; the caller removes it.
 * @param prefix the beginning of its name: `kconform-c-`
 * @throws KC_TMPDIR (host)
 */
export function scratchFolder(prefix: string): string {
  const parent = resolve(tmpdir());
  try {
    return mkdtempSync(join(parent, prefix));
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new KconformError(`cannot make a temporary folder in ${parent}: ${why}`, {
      code: 'KC_TMPDIR',
      blame: 'host',
      hint: 'set TMPDIR to an existing folder that you can write to and that has free space',
      cause,
    });
  }
}

/**
 * The error of a program that had no room for its temporary files; undefined when that is not what it said.
 * @param said what it printed
 */
export function noRoomFor(said: string): KconformError | undefined {
  if (!/No space left on device|Disk quota exceeded|file size limit exceeded|File too large/i.test(said))
    return undefined;
  return new KconformError(`no space left for temporary files in ${resolve(tmpdir())}`, {
    code: 'KC_TMPDIR',
    blame: 'host',
    hint: 'free some space, raise the limits (ulimit -f), or set TMPDIR to a folder on another disk',
    evidence: { output: said },
  });
}

/** Whether a file system has no room left for an ordinary user. */
export function isFull(path: string): boolean {
  try {
    return statfsSync(path).bavail === 0;
  } catch {
    return false; // gone, or of a kind that does not tell
  }
}

/** @param folder of a guest whose console is not whole */
export function consoleLost(folder: string): KconformError {
  return new KconformError(`the disk is full: what the guest printed on its console was lost (${folder})`, {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space, or set TMPDIR (XDG_RUNTIME_DIR where it is set) to a folder on another disk',
  });
}
