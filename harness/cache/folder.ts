import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { makeFolder } from './make-folder.ts';
import { replaceFile } from './replace-file.ts';

/** A path below kconform's cache folder: $XDG_CACHE_HOME/kconform, ~/.cache/kconform without it (XDG base directories). */
export function cachePath(...parts: string[]): string {
  const base = process.env.XDG_CACHE_HOME;
  // The specification says that a relative path is to be ignored.
  return join(base === undefined || !isAbsolute(base) ? join(homedir(), '.cache') : base, 'kconform', ...parts);
}

/** Makes the folder, for its owner alone, where it is not there yet. @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL */
export async function ensureFolder(path: string): Promise<string> {
  try {
    await makeFolder(path, 0o700);
    return path;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    // A file where a folder should be, or a part of the path in a file system that makes none (/proc).
    throw code === 'EEXIST' || code === 'ENOENT' ? unwritable(cause, path, code) : storageError(cause, path);
  }
}

/** Replaces a file of the cache in one step, and makes its folder. @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL; see replaceFile */
export async function publishFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await ensureFolder(dirname(path));
  try {
    await replaceFile(path, write, { sync: true });
  } catch (cause) {
    throw storageError(cause, path);
  }
}

/** A failed system call on the cache as an error that says what to do; other errors unchanged. */
export function storageError(cause: unknown, path: string): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new KconformError(`the disk is full: cannot write ${path}`, {
      code: 'KC_DISK_FULL',
      blame: 'host',
      hint: 'free some space (npx kconform cache --prune), or set XDG_CACHE_HOME to a folder on another disk',
      cause,
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR') {
    return unwritable(cause, path, code);
  }
  return cause;
}

function unwritable(cause: unknown, path: string, code: string): KconformError {
  return new KconformError(`cannot write to the cache folder: ${path} (${code})`, {
    code: 'KC_CACHE_UNWRITABLE',
    blame: 'host',
    hint: 'set XDG_CACHE_HOME to a folder that you can write to',
    cause,
  });
}
