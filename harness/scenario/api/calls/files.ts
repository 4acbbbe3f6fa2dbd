import { GuestBuffer } from '../../agent/batch.ts';
import { AT, O } from '../constants.ts';
import type { Descriptor, FdResult } from '../fd.ts';
import type { ErrnoResult } from '../result.ts';
import { type FileFacts, type FileSystemFacts, readStat, readStatfs, STAT_LENGTH, STATFS_LENGTH } from '../stat.ts';
import { AnyCall } from './base.ts';

const CHUNK = 64 * 1024;
const PATH_LIMIT = 4096;

/** System calls for files: names, contents and attributes. */
export abstract class FileCalls extends AnyCall {
  /** mkdir(2); the umask applies to the mode. */
  mkdir(path: string, mode = 0o755): Promise<ErrnoResult> {
    return this.syscall('mkdir', path, mode);
  }

  /** rmdir(2). */
  rmdir(path: string): Promise<ErrnoResult> {
    return this.syscall('rmdir', path);
  }

  /** unlink(2). */
  unlink(path: string): Promise<ErrnoResult> {
    return this.syscall('unlink', path);
  }

  /** rename(2), or renameat2(2) if there are flags: see RENAME. */
  rename(from: string, to: string, flags = 0): Promise<ErrnoResult> {
    return flags === 0
      ? this.syscall('rename', from, to)
      : this.syscall('renameat2', AT.FDCWD, from, AT.FDCWD, to, flags);
  }

  /** link(2): a new name for an existing file; a final symbolic link is not followed. */
  link(existing: string, path: string): Promise<ErrnoResult> {
    return this.syscall('link', existing, path);
  }

  /** symlink(2): a link at `path` to `target`, which need not exist. */
  symlink(target: string, path: string): Promise<ErrnoResult> {
    return this.syscall('symlink', target, path);
  }

  /** readlink(2): the target of a symbolic link, at most 4096 bytes; the value is their number. */
  async readlink(path: string): Promise<ErrnoResult & { readonly text: string }> {
    const buffer = new GuestBuffer(Buffer.alloc(PATH_LIMIT), true);
    return this.text({ name: 'readlink', args: [path, buffer, PATH_LIMIT] }, buffer);
  }

  /** openat(2) with flags of O; default: read-only. A relative path begins at `directory` (default: the working directory). */
  open(path: string, flags: number = O.RDONLY, mode = 0, directory: Descriptor = AT.FDCWD): Promise<FdResult> {
    return this.opening('openat', directory, path, flags, mode);
  }

  /**
   * access(2) with the real ids; mode 0 (F_OK) checks whether the file exists, 4 (R_OK), 2 (W_OK) and 1 (X_OK) check permissions.
   */
  access(path: string, mode = 0): Promise<ErrnoResult> {
    return this.syscall('access', path, mode);
  }

  /** read(2) of at most `size` bytes (default: 64 KiB), returned as UTF-8 text and as bytes. */
  read(fd: Descriptor, size = CHUNK): Promise<ErrnoResult & { readonly text: string; readonly bytes: Buffer }> {
    const buffer = new GuestBuffer(Buffer.alloc(size), true);
    return this.text({ name: 'read', args: [fd, buffer, size] }, buffer);
  }

  /** write(2) of all bytes in one call, text as UTF-8; the value is the number of bytes written. */
  write(fd: Descriptor, data: string | Buffer): Promise<ErrnoResult> {
    const bytes = Buffer.from(data);
    return this.syscall('write', fd, new GuestBuffer(bytes), bytes.length);
  }

  /** chmod(2). */
  chmod(path: string, mode: number): Promise<ErrnoResult> {
    return this.syscall('chmod', path, mode);
  }

  /** chown(2); -1 does not change an id. */
  chown(path: string, uid: number, gid: number): Promise<ErrnoResult> {
    return this.syscall('chown', path, uid, gid);
  }

  /** umask(2); the value is the previous mask. */
  umask(mask: number): Promise<ErrnoResult> {
    return this.syscall('umask', mask);
  }

  /** stat(2); facts are null after an error. */
  stat(path: string): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.facts('stat', path, STAT_LENGTH, readStat);
  }

  /** lstat(2): of a symbolic link itself. */
  lstat(path: string): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.facts('lstat', path, STAT_LENGTH, readStat);
  }

  /** fstat(2): of an open file. */
  fstat(fd: Descriptor): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.facts('fstat', fd, STAT_LENGTH, readStat);
  }

  /** statfs(2): of the file system of the path. */
  statfs(path: string): Promise<ErrnoResult & { readonly facts: FileSystemFacts | null }> {
    return this.facts('statfs', path, STATFS_LENGTH, readStatfs);
  }
}
