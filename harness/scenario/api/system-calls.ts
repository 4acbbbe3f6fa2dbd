import { type Argument, type Call, GuestBuffer, type ProgramOptions, type ProgramResult } from '../agent/program.ts';
import { type Descriptor, descriptorNumber, FdResult } from './fd.ts';
import type { ErrnoResult } from './result.ts';
import { type FileFacts, type FileSystemFacts, readStat, readStatfs, STAT_LENGTH, STATFS_LENGTH } from './stat.ts';
import type { SyscallName } from './syscalls.ts';

/** The working directory, where a system call takes a directory's descriptor (linux/fcntl.h, openat(2)). */
export const AT_FDCWD = -100;
/** fsconfig(2) commands (linux/mount.h). */
export const FSCONFIG = {
  setFlag: 0,
  setString: 1,
  setBinary: 2,
  setPath: 3,
  setPathEmpty: 4,
  setFd: 5,
  create: 6,
  reconfigure: 7,
} as const;
/** fspick(2) and move_mount(2) flags for an empty path (linux/mount.h). */
export const FSPICK_EMPTY_PATH = 8;
export const MOVE_MOUNT_F_EMPTY_PATH = 4;

const O_RDONLY = 0;
const CHUNK = 64 * 1024;
const PATH_LIMIT = 4096;

/** What mount_setattr(2) changes. */
export interface MountAttributes {
  /** Bits of MOUNT_ATTR to set. */
  readonly set?: number;
  /** Bits of MOUNT_ATTR to clear. */
  readonly clear?: number;
  /** One of MS.SHARED, MS.SLAVE, MS.PRIVATE and MS.UNBINDABLE; as it is when left out. */
  readonly propagation?: number;
  /** The user namespace whose maps MOUNT_ATTR.IDMAP takes. */
  readonly userns?: Descriptor;
}

/**
 * System calls with typed arguments, as the manual pages of section 2 have them. Each resolves to its value, or to -1 and the name
 * of its error; none throws for an errno. What `program` throws each of them throws. Paths and names are sent as UTF-8. Where a
 * result has a descriptor, `fd` throws KC_NO_FD (case) when the call failed, and `fdOrBad` goes on.
 */
export abstract class SystemCalls {
  /** As the guest's own pid namespace has it: the number in its /proc. */
  abstract readonly pid: number;

  /** Several calls in one round trip; see GuestProcess. */
  abstract program(calls: readonly Call[], options?: ProgramOptions): Promise<ProgramResult>;

  /** Any system call by name or number, with at most six arguments: see Argument. Use `program` where a buffer comes back. */
  async syscall(name: SyscallName | number, ...args: readonly Argument[]): Promise<ErrnoResult> {
    const [summary] = (await this.program([{ name, args }])).calls;
    if (summary === undefined) throw new TypeError('a program of one call has one result');
    return summary.last;
  }

  /** Each call once, in this order and in one round trip. @returns by the name of each how it ended */
  async errnos<N extends string>(calls: Readonly<Record<N, Call>>): Promise<Record<N, ErrnoResult['errno']>> {
    const list: readonly Call[] = Object.values(calls);
    const summaries = (await this.program(list)).calls;
    const ended: Partial<Record<N, ErrnoResult['errno']>> = {};
    let index = 0;
    for (const name in calls) {
      const summary = summaries[index++];
      if (summary !== undefined) ended[name] = summary.last.errno;
    }
    if (!hasEach(ended, calls)) throw new TypeError('a program has a result for each of its calls');
    return ended;
  }

  /** mount(2) with flags of MS; `data` are the options that the file system reads. */
  mount(source: string, target: string, type: string, flags = 0, data: string | null = null): Promise<ErrnoResult> {
    return this.syscall('mount', source, target, type, flags, data);
  }

  /** umount2(2) with flags of MNT. */
  umount(target: string, flags = 0): Promise<ErrnoResult> {
    return this.syscall('umount2', target, flags);
  }

  /** mkdir(2); the umask takes bits from the mode. */
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

  /** rename(2), or renameat2(2) where there are flags: 1 (RENAME_NOREPLACE), 2 (RENAME_EXCHANGE), 4 (RENAME_WHITEOUT). */
  rename(from: string, to: string, flags = 0): Promise<ErrnoResult> {
    return flags === 0
      ? this.syscall('rename', from, to)
      : this.syscall('renameat2', AT_FDCWD, from, AT_FDCWD, to, flags);
  }

  /** link(2): another name for an existing file; a symbolic link at its end is not followed. */
  link(existing: string, path: string): Promise<ErrnoResult> {
    return this.syscall('link', existing, path);
  }

  /** symlink(2): a link at `path` that says `target`, whether or not there is something. */
  symlink(target: string, path: string): Promise<ErrnoResult> {
    return this.syscall('symlink', target, path);
  }

  /** readlink(2): what a symbolic link says, at most 4096 bytes of it; the value is their number. */
  async readlink(path: string): Promise<ErrnoResult & { readonly text: string }> {
    const buffer = new GuestBuffer(Buffer.alloc(PATH_LIMIT), true);
    return this.#text({ name: 'readlink', args: [path, buffer, PATH_LIMIT] }, buffer);
  }

  /** openat(2) with flags of O, for reading unless told otherwise; a relative path begins at the working directory or at that one. */
  open(path: string, flags = O_RDONLY, mode = 0, directory: Descriptor = AT_FDCWD): Promise<FdResult> {
    return this.#opening('openat', directory, path, flags, mode);
  }

  /** close(2). */
  close(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('close', fd);
  }

  /** access(2) with the real ids; mode 0 (F_OK) asks only whether it is there, 4 (R_OK), 2 (W_OK) and 1 (X_OK) for permission. */
  access(path: string, mode = 0): Promise<ErrnoResult> {
    return this.syscall('access', path, mode);
  }

  /** read(2) of at most `size` bytes (64 KiB), which it returns as UTF-8 text and as bytes beside the result. */
  read(fd: Descriptor, size = CHUNK): Promise<ErrnoResult & { readonly text: string; readonly bytes: Buffer }> {
    const buffer = new GuestBuffer(Buffer.alloc(size), true);
    return this.#text({ name: 'read', args: [fd, buffer, size] }, buffer);
  }

  /** write(2) of all bytes in one call, text as UTF-8; the value is how many were written. */
  write(fd: Descriptor, data: string | Buffer): Promise<ErrnoResult> {
    const bytes = Buffer.from(data);
    return this.syscall('write', fd, new GuestBuffer(bytes), bytes.length);
  }

  /** chmod(2). */
  chmod(path: string, mode: number): Promise<ErrnoResult> {
    return this.syscall('chmod', path, mode);
  }

  /** chown(2); -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number): Promise<ErrnoResult> {
    return this.syscall('chown', path, uid, gid);
  }

  /** umask(2); the value is the mask before. */
  umask(mask: number): Promise<ErrnoResult> {
    return this.syscall('umask', mask);
  }

  /** stat(2); facts are null where there is an error. */
  stat(path: string): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.#facts('stat', path, STAT_LENGTH, readStat);
  }

  /** lstat(2): of a symbolic link itself. */
  lstat(path: string): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.#facts('lstat', path, STAT_LENGTH, readStat);
  }

  /** fstat(2): of an open file. */
  fstat(fd: Descriptor): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.#facts('fstat', fd, STAT_LENGTH, readStat);
  }

  /** statfs(2): of the file system that the path lies in. */
  statfs(path: string): Promise<ErrnoResult & { readonly facts: FileSystemFacts | null }> {
    return this.#facts('statfs', path, STATFS_LENGTH, readStatfs);
  }

  /** fsopen(2): a context for a new file system of that type, for the fsconfig calls (linux/mount.h, FSOPEN). */
  fsopen(type: string, flags = 0): Promise<FdResult> {
    return this.#opening('fsopen', type, flags);
  }

  /** fsconfig(2), FSCONFIG_SET_FLAG: an option without a value. */
  fsconfigFlag(fd: Descriptor, key: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setFlag, key, null, 0);
  }

  /** fsconfig(2), FSCONFIG_SET_STRING: an option with text. */
  fsconfigString(fd: Descriptor, key: string, value: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setString, key, value, 0);
  }

  /** fsconfig(2), FSCONFIG_SET_BINARY: an option with bytes; the kernel takes at most 1 MiB. */
  fsconfigBinary(fd: Descriptor, key: string, value: Buffer): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setBinary, key, new GuestBuffer(value), value.length);
  }

  /** fsconfig(2), FSCONFIG_SET_PATH: an option with a path, from that directory where it is relative. */
  fsconfigPath(fd: Descriptor, key: string, path: string, directory: Descriptor = AT_FDCWD): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setPath, key, path, directory);
  }

  /** fsconfig(2), FSCONFIG_SET_FD: an option with an open file. */
  fsconfigFd(fd: Descriptor, key: string, value: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setFd, key, null, value);
  }

  /** fsconfig(2), FSCONFIG_CMD_CREATE: makes the file system, or finds it. */
  fsconfigCreate(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.create, null, null, 0);
  }

  /** fsconfig(2), FSCONFIG_CMD_RECONFIGURE: gives the options to a file system that there is; see fspick. */
  fsconfigReconfigure(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.reconfigure, null, null, 0);
  }

  /** fsmount(2): a mount, attached nowhere, of what `fsconfigCreate` made; flags 1 (FSMOUNT_CLOEXEC), attributes of MOUNT_ATTR (linux/mount.h). */
  fsmount(fd: Descriptor, flags = 0, attributes = 0): Promise<FdResult> {
    return this.#opening('fsmount', fd, flags, attributes);
  }

  /**
   * fspick(2): a context for the file system that is mounted there, for the fsconfig calls; with an empty path, of the mount that
   * a descriptor stands for. Flags of FSPICK (linux/mount.h).
   */
  fspick(directory: Descriptor, path = '', flags = FSPICK_EMPTY_PATH): Promise<FdResult> {
    return this.#opening('fspick', directory, path, flags);
  }

  /** move_mount(2) of what a descriptor of fsmount stands for; flags of MOVE_MOUNT (linux/mount.h). */
  moveMount(from: Descriptor, target: string, flags = MOVE_MOUNT_F_EMPTY_PATH): Promise<ErrnoResult> {
    return this.syscall('move_mount', from, '', AT_FDCWD, target, flags);
  }

  /** mount_setattr(2) with struct mount_attr (linux/mount.h); flags are AT.EMPTY_PATH, AT.RECURSIVE and their like. */
  mountSetattr(directory: Descriptor, path: string, attributes: MountAttributes, flags = 0): Promise<ErrnoResult> {
    const bytes = Buffer.alloc(32);
    bytes.writeBigUInt64LE(BigInt(attributes.set ?? 0), 0);
    bytes.writeBigUInt64LE(BigInt(attributes.clear ?? 0), 8);
    bytes.writeBigUInt64LE(BigInt(attributes.propagation ?? 0), 16);
    if (attributes.userns !== undefined) bytes.writeBigInt64LE(BigInt(descriptorNumber(attributes.userns)), 24);
    return this.syscall('mount_setattr', directory, path, flags, new GuestBuffer(bytes), bytes.length);
  }

  /** unshare(2) with flags of CLONE. */
  unshare(flags: number): Promise<ErrnoResult> {
    return this.syscall('unshare', flags);
  }

  /** setresuid(2); -1 leaves an id as it is. */
  setresuid(real: number, effective = real, saved = effective): Promise<ErrnoResult> {
    return this.syscall('setresuid', real, effective, saved);
  }

  /** setresgid(2); -1 leaves an id as it is. */
  setresgid(real: number, effective = real, saved = effective): Promise<ErrnoResult> {
    return this.syscall('setresgid', real, effective, saved);
  }

  /** The value is the id before; setfsuid(2) has no error. */
  setfsuid(uid: number): Promise<ErrnoResult> {
    return this.syscall('setfsuid', uid);
  }

  /** The value is the id before; setfsgid(2) has no error. */
  setfsgid(gid: number): Promise<ErrnoResult> {
    return this.syscall('setfsgid', gid);
  }

  /**
   * bpf(2) with an attribute made by the builders, its whole length as the size (`bpfCall` takes another one); `fd` of the result
   * where the command makes one. What comes back in an attribute is read with `program` and `bpfCall`.
   */
  bpf(command: number, attribute: GuestBuffer): Promise<FdResult> {
    return this.#opening('bpf', command, attribute, attribute.bytes.length);
  }

  async #opening(name: SyscallName, ...args: readonly Argument[]): Promise<FdResult> {
    return new FdResult(this, name, await this.syscall(name, ...args));
  }

  async #text(call: Call, buffer: GuestBuffer) {
    const { calls, contents } = await this.program([call]);
    const last = calls[0]?.last ?? { value: -1, errno: null };
    const bytes = contents.get(buffer)?.subarray(0, Math.max(0, last.value)) ?? Buffer.alloc(0);
    return { ...last, text: bytes.toString('utf8'), bytes };
  }

  async #facts<T>(name: SyscallName, of: Argument, length: number, read: (bytes: Buffer) => T) {
    const buffer = new GuestBuffer(Buffer.alloc(length), true);
    const { calls, contents } = await this.program([{ name, args: [of, buffer] }]);
    const last = calls[0]?.last ?? { value: -1, errno: null };
    const bytes = contents.get(buffer);
    return { ...last, facts: last.errno === null && bytes !== undefined ? read(bytes) : null };
  }
}

function hasEach<N extends string, V>(
  some: Partial<Record<N, V>>,
  all: Readonly<Record<N, Call>>,
): some is Record<N, V> {
  return Object.keys(all).every((name) => Object.hasOwn(some, name));
}
