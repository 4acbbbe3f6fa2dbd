import { type Argument, type Call, GuestBuffer, type ProgramOptions, type ProgramResult } from './agent/program.ts';
import { type Descriptor, descriptorNumber, FdResult } from './fd.ts';
import type { ErrnoResult } from './result.ts';
import { type FileFacts, type FileSystemFacts, readStat, readStatfs, STAT_LENGTH, STATFS_LENGTH } from './stat.ts';
import type { SyscallName } from './syscalls.ts';

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
  readonly set?: number;
  readonly clear?: number;
  readonly propagation?: number;
  readonly userns?: Descriptor;
}

/** System calls with typed arguments. Each resolves to its value, or to the name of its error; none throws for an errno. */
export abstract class SystemCalls {
  abstract readonly pid: number;

  abstract program(calls: readonly Call[], options?: ProgramOptions): Promise<ProgramResult>;

  /** Any system call by name or number: numbers, descriptors, strings (NUL-terminated bytes), null pointers, buffers. */
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

  /** mount(2); `data` are the options that the file system reads. */
  mount(source: string, target: string, type: string, flags = 0, data: string | null = null): Promise<ErrnoResult> {
    return this.syscall('mount', source, target, type, flags, data);
  }

  umount(target: string, flags = 0): Promise<ErrnoResult> {
    return this.syscall('umount2', target, flags);
  }

  mkdir(path: string, mode = 0o755): Promise<ErrnoResult> {
    return this.syscall('mkdir', path, mode);
  }

  rmdir(path: string): Promise<ErrnoResult> {
    return this.syscall('rmdir', path);
  }

  unlink(path: string): Promise<ErrnoResult> {
    return this.syscall('unlink', path);
  }

  /** rename(2), or renameat2(2) where there are flags. */
  rename(from: string, to: string, flags = 0): Promise<ErrnoResult> {
    return flags === 0
      ? this.syscall('rename', from, to)
      : this.syscall('renameat2', AT_FDCWD, from, AT_FDCWD, to, flags);
  }

  link(existing: string, path: string): Promise<ErrnoResult> {
    return this.syscall('link', existing, path);
  }

  symlink(target: string, path: string): Promise<ErrnoResult> {
    return this.syscall('symlink', target, path);
  }

  async readlink(path: string): Promise<ErrnoResult & { readonly text: string }> {
    const buffer = new GuestBuffer(Buffer.alloc(PATH_LIMIT), true);
    return this.#text({ name: 'readlink', args: [path, buffer, PATH_LIMIT] }, buffer);
  }

  /** openat(2), from the working directory unless told otherwise. */
  open(path: string, flags = O_RDONLY, mode = 0, directory: Descriptor = AT_FDCWD): Promise<FdResult> {
    return this.#opening('openat', directory, path, flags, mode);
  }

  close(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('close', fd);
  }

  access(path: string, mode = 0): Promise<ErrnoResult> {
    return this.syscall('access', path, mode);
  }

  /** read(2) of at most `size` bytes, which it returns as text and as bytes beside the result. */
  read(fd: Descriptor, size = CHUNK): Promise<ErrnoResult & { readonly text: string; readonly bytes: Buffer }> {
    const buffer = new GuestBuffer(Buffer.alloc(size), true);
    return this.#text({ name: 'read', args: [fd, buffer, size] }, buffer);
  }

  write(fd: Descriptor, data: string | Buffer): Promise<ErrnoResult> {
    const bytes = Buffer.from(data);
    return this.syscall('write', fd, new GuestBuffer(bytes), bytes.length);
  }

  chmod(path: string, mode: number): Promise<ErrnoResult> {
    return this.syscall('chmod', path, mode);
  }

  /** chown(2); -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number): Promise<ErrnoResult> {
    return this.syscall('chown', path, uid, gid);
  }

  /** The value is the umask before. */
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

  fstat(fd: Descriptor): Promise<ErrnoResult & { readonly facts: FileFacts | null }> {
    return this.#facts('fstat', fd, STAT_LENGTH, readStat);
  }

  statfs(path: string): Promise<ErrnoResult & { readonly facts: FileSystemFacts | null }> {
    return this.#facts('statfs', path, STATFS_LENGTH, readStatfs);
  }

  fsopen(type: string, flags = 0): Promise<FdResult> {
    return this.#opening('fsopen', type, flags);
  }

  fsconfigFlag(fd: Descriptor, key: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setFlag, key, null, 0);
  }

  fsconfigString(fd: Descriptor, key: string, value: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setString, key, value, 0);
  }

  fsconfigBinary(fd: Descriptor, key: string, value: Buffer): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setBinary, key, new GuestBuffer(value), value.length);
  }

  fsconfigPath(fd: Descriptor, key: string, path: string, directory: Descriptor = AT_FDCWD): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setPath, key, path, directory);
  }

  fsconfigFd(fd: Descriptor, key: string, value: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setFd, key, null, value);
  }

  fsconfigCreate(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.create, null, null, 0);
  }

  fsconfigReconfigure(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.reconfigure, null, null, 0);
  }

  fsmount(fd: Descriptor, flags = 0, attributes = 0): Promise<FdResult> {
    return this.#opening('fsmount', fd, flags, attributes);
  }

  /** fspick(2): of the mount that a descriptor stands for when the path is empty. */
  fspick(directory: Descriptor, path = '', flags = FSPICK_EMPTY_PATH): Promise<FdResult> {
    return this.#opening('fspick', directory, path, flags);
  }

  /** move_mount(2) of what a descriptor of fsmount stands for. */
  moveMount(from: Descriptor, target: string, flags = MOVE_MOUNT_F_EMPTY_PATH): Promise<ErrnoResult> {
    return this.syscall('move_mount', from, '', AT_FDCWD, target, flags);
  }

  /**
   * mount_setattr(2) with struct mount_attr (linux/mount.h): MOUNT_ATTR bits to set and to clear, MS.PRIVATE and its like as
   * propagation, a user namespace for MOUNT_ATTR.IDMAP.
   */
  mountSetattr(directory: Descriptor, path: string, attributes: MountAttributes, flags = 0): Promise<ErrnoResult> {
    const bytes = Buffer.alloc(32);
    bytes.writeBigUInt64LE(BigInt(attributes.set ?? 0), 0);
    bytes.writeBigUInt64LE(BigInt(attributes.clear ?? 0), 8);
    bytes.writeBigUInt64LE(BigInt(attributes.propagation ?? 0), 16);
    if (attributes.userns !== undefined) bytes.writeBigInt64LE(BigInt(descriptorNumber(attributes.userns)), 24);
    return this.syscall('mount_setattr', directory, path, flags, new GuestBuffer(bytes), bytes.length);
  }

  unshare(flags: number): Promise<ErrnoResult> {
    return this.syscall('unshare', flags);
  }

  setresuid(real: number, effective = real, saved = effective): Promise<ErrnoResult> {
    return this.syscall('setresuid', real, effective, saved);
  }

  setresgid(real: number, effective = real, saved = effective): Promise<ErrnoResult> {
    return this.syscall('setresgid', real, effective, saved);
  }

  /** The value is the id before; setfsuid(2) has no error. */
  setfsuid(uid: number): Promise<ErrnoResult> {
    return this.syscall('setfsuid', uid);
  }

  setfsgid(gid: number): Promise<ErrnoResult> {
    return this.syscall('setfsgid', gid);
  }

  /** bpf(2) with an attribute made by the builders in bpf/; `fd` of the result where the command makes one. */
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
