import { KconformError } from '../errors.ts';
import type { AgentClient } from './agent/client.ts';
import { OP } from './agent/frames.ts';
import {
  type Argument,
  type Call,
  decodeProgram,
  encodeProgram,
  GuestBuffer,
  type ProgramOptions,
  type ProgramResult,
} from './agent/program.ts';
import type { FileFacts } from './guest.ts';
import type { ErrnoResult } from './result.ts';
import type { SyscallName } from './syscalls.ts';

export const AT_FDCWD = -100;
/** fsconfig(2) commands (linux/mount.h). */
export const FSCONFIG = {
  setFlag: 0,
  setString: 1,
  setBinary: 2,
  setPath: 3,
  setFd: 5,
  create: 6,
  reconfigure: 7,
} as const;
const O_RDONLY = 0;
const O_WRONLY_CREATE_TRUNCATE = 0o1 | 0o100 | 0o1000;
const CHUNK = 64 * 1024;

/** A process in the guest; its methods are system calls, carried out one after another. */
export class GuestProcess {
  /** As its parent sees it. */
  readonly pid: number;
  readonly #agent: AgentClient;
  readonly #id: number;

  private constructor(agent: AgentClient, id: number, pid: number) {
    this.#agent = agent;
    this.#id = id;
    this.pid = pid;
  }

  static async start(agent: AgentClient): Promise<GuestProcess> {
    const { id, pid } = await agent.spawn();
    return new GuestProcess(agent, id, pid);
  }

  /** A child with copies of this process's descriptors, credentials and namespaces. */
  async fork(): Promise<GuestProcess> {
    const { id, pid } = await this.#agent.fork(this.#id);
    return new GuestProcess(this.#agent, id, pid);
  }

  /** Any system call: numbers, strings (NUL-terminated bytes), null pointers, buffers. */
  async syscall(name: SyscallName | number, ...args: readonly Argument[]): Promise<ErrnoResult> {
    const [summary] = (await this.program([{ name, args }])).calls;
    if (summary === undefined) throw new TypeError('a program of one call has one result');
    return summary.last;
  }

  /** Several calls in one round trip, as often as asked; see ResultOf for the result of an earlier one. */
  async program(calls: readonly Call[], options: ProgramOptions = {}): Promise<ProgramResult> {
    const { payload, buffers } = encodeProgram(calls, options);
    const answer = await this.#agent.request(this.#id, OP.program, payload);
    return decodeProgram(answer, calls.length, buffers);
  }

  /** Gives a descriptor to another process. @returns its number there */
  sendFd(fd: number, to: GuestProcess): Promise<number> {
    return this.#agent.sendFd(this.#id, fd, to.#id);
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

  unlink(path: string): Promise<ErrnoResult> {
    return this.syscall('unlink', path);
  }

  rename(from: string, to: string): Promise<ErrnoResult> {
    return this.syscall('rename', from, to);
  }

  open(path: string, flags = O_RDONLY, mode = 0, directory = AT_FDCWD): Promise<ErrnoResult> {
    return this.syscall('openat', directory, path, flags, mode);
  }

  close(fd: number): Promise<ErrnoResult> {
    return this.syscall('close', fd);
  }

  access(path: string): Promise<ErrnoResult> {
    return this.syscall('access', path, 0);
  }

  /** read(2) of at most `size` bytes, which it returns as text beside the result. */
  async read(fd: number, size = CHUNK): Promise<ErrnoResult & { readonly text: string }> {
    const buffer = new GuestBuffer(Buffer.alloc(size), true);
    const { calls, contents } = await this.program([{ name: 'read', args: [fd, buffer, size] }]);
    const last = calls[0]?.last ?? { value: -1, errno: null };
    return { ...last, text: (contents.get(buffer) ?? Buffer.alloc(0)).toString('utf8', 0, Math.max(0, last.value)) };
  }

  write(fd: number, text: string): Promise<ErrnoResult> {
    return this.syscall('write', fd, new GuestBuffer(Buffer.from(text)), Buffer.byteLength(text));
  }

  fsopen(type: string, flags = 0): Promise<ErrnoResult> {
    return this.syscall('fsopen', type, flags);
  }

  fsconfigString(fd: number, key: string, value: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.setString, key, value, 0);
  }

  fsconfigCreate(fd: number): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.create, null, null, 0);
  }

  fsmount(fd: number, flags = 0, attributes = 0): Promise<ErrnoResult> {
    return this.syscall('fsmount', fd, flags, attributes);
  }

  unshare(flags: number): Promise<ErrnoResult> {
    return this.syscall('unshare', flags);
  }

  /** bpf(2) with an attribute made by the builders in bpf/. */
  bpf(command: number, attribute: GuestBuffer): Promise<ErrnoResult> {
    return this.syscall('bpf', command, attribute, attribute.bytes.length);
  }

  /** @throws KC_GUEST_FILE (case) */
  async statOrThrow(path: string): Promise<FileFacts> {
    const buffer = new GuestBuffer(Buffer.alloc(144), true); // struct stat of x86-64 (asm/stat.h)
    const { calls, contents } = await this.program([{ name: 'stat', args: [path, buffer] }]);
    const bytes = contents.get(buffer);
    const errno = calls[0]?.last.errno ?? null;
    if (errno !== null || bytes === undefined) throw fileError('stat', path, errno);
    return {
      ino: Number(bytes.readBigUInt64LE(8)),
      nlink: Number(bytes.readBigUInt64LE(16)),
      mode: bytes.readUInt32LE(24),
      uid: bytes.readUInt32LE(28),
      gid: bytes.readUInt32LE(32),
      size: Number(bytes.readBigInt64LE(48)),
    };
  }

  /** @throws KC_GUEST_FILE (case) */
  async readFile(path: string): Promise<string> {
    const { value: fd, errno } = await this.open(path);
    if (errno !== null) throw fileError('open', path, errno);
    let text = '';
    for (;;) {
      const part = await this.read(fd);
      if (part.errno !== null) throw fileError('read', path, part.errno);
      if (part.value === 0) break;
      text += part.text;
    }
    await this.close(fd);
    return text;
  }

  /** @throws KC_GUEST_FILE (case) */
  async writeFile(path: string, text: string): Promise<void> {
    const { value: fd, errno } = await this.open(path, path.startsWith('/proc/') ? 1 : O_WRONLY_CREATE_TRUNCATE, 0o644);
    if (errno !== null) throw fileError('open', path, errno);
    const written = await this.write(fd, text);
    await this.close(fd);
    if (written.errno !== null || written.value !== Buffer.byteLength(text))
      throw fileError('write', path, written.errno);
  }
}

function fileError(what: string, path: string, errno: string | null): KconformError {
  return new KconformError(`cannot ${what} ${path} in the guest: ${errno ?? 'cut off'}`, {
    code: 'KC_GUEST_FILE',
    blame: 'case',
  });
}
