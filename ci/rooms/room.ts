/** A room is a chroot of a Debian suite. Its mounts and processes end with it, also when this process is killed. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { ALONE, base, CERTIFICATES, roomsFolder, type Suite } from './base.ts';

/** The ordinary user of a room. */
const USER = 'tester';
export const HOME = `/home/${USER}`;
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Where a room has a copy of it. */
export const CHECKOUT = `${HOME}/kconform`;

/** The host's certificates, in a file that no package of the room overwrites. */
const TRUSTED = '/etc/ssl/host-certificates.crt';

/** Environment variables with proxy settings. */
const NETWORK = /^(https?|all|no)_proxy$/i;

export interface RunOptions {
  readonly as?: 'root' | 'user';
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to show what the command prints. */
  readonly show?: boolean;
  readonly limitMs?: number;
}

export interface Ended {
  /** Undefined where a signal or the limit ended the command. */
  readonly exitCode: number | undefined;
  /** Both output streams; empty where they were shown. */
  readonly output: string;
}

const LIMIT_MS = 60 * 60_000;

export class Room implements AsyncDisposable {
  readonly path: string;
  readonly #signal: AbortSignal;

  private constructor(path: string, signal: AbortSignal) {
    this.path = path;
    this.#signal = signal;
  }

  /** Makes a room from the base of the suite. The user has sudo without a password, and an empty home. */
  static async of(suite: Suite, signal: AbortSignal): Promise<Room> {
    await removeAbandoned();
    const packed = await base(suite);
    const room = new Room(join(roomsFolder(), `room-${process.pid}-${suite}`), signal);
    await mkdir(room.path, { recursive: true });
    await execa('tar', ['--extract', '--numeric-owner', '--directory', room.path, '--file', packed]);
    for (const file of ['/etc/resolv.conf', '/etc/hosts']) {
      if (existsSync(file)) await cp(file, join(room.path, file), { dereference: true });
    }
    await cp(CERTIFICATES, join(room.path, TRUSTED), { dereference: true });
    const made = await room.run(['useradd', '--create-home', '--shell', '/bin/bash', USER]);
    if (made.exitCode !== 0) throw new Error(`the room has no user: ${made.output}`);
    await writeFile(join(room.path, 'etc/sudoers.d', USER), `${USER} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
    const registry = (await execa('npm', ['config', 'get', 'registry'])).stdout.trim();
    await room.write(`${HOME}/.npmrc`, `registry=${registry}\ncafile=${TRUSTED}\n`);
    return room;
  }

  /** Runs a command in its own mount and process namespaces: everything that it starts ends with it. */
  async run(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const { as = 'root', cwd = '/', env = {}, show = false, limitMs = LIMIT_MS } = options;
    const environment = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => NETWORK.test(name))),
      HOME: as === 'root' ? '/root' : HOME,
      USER: as === 'root' ? 'root' : USER,
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      NODE_EXTRA_CA_CERTS: TRUSTED,
      ...env,
    };
    const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const who = as === 'root' ? [] : [`--userspec=${USER}:${USER}`];
    const inside = ['env', '--ignore-environment', `--chdir=${cwd}`, ...words, ...command];
    const result = await execa('setpriv', [...ALONE, 'bash', '-c', MOUNTS, 'room', this.path, ...who, ...inside], {
      reject: false,
      stdin: 'ignore',
      ...(show ? { stdout: 'inherit', stderr: 'inherit' } : { all: true }),
      timeout: limitMs,
      cancelSignal: this.#signal,
      killSignal: 'SIGKILL', // unshare ignores the others while it waits
    });
    this.#signal.throwIfAborted();
    return { exitCode: result.exitCode, output: String(result.all ?? '') };
  }

  /** Writes a file that the user owns. */
  async write(path: string, text: string): Promise<void> {
    await mkdir(join(this.path, dirname(path)), { recursive: true });
    await writeFile(join(this.path, path), text);
    await this.giveToUser(path);
  }

  /** Copies a file or folder from the host; the user owns the copy. */
  async copyIn(from: string, to: string): Promise<void> {
    await cp(from, join(this.path, to), { recursive: true, dereference: true });
    await this.giveToUser(to);
  }

  /** Copies what is committed in this repository to CHECKOUT. */
  async copyCheckout(): Promise<void> {
    const copy = await mkdtemp(join(this.path, 'tmp/checkout-'));
    const archive = execa('git', ['-c', 'safe.directory=*', 'archive', 'HEAD'], { cwd: REPOSITORY, buffer: false });
    await archive.pipe('tar', ['-x', '-C', copy]);
    await this.copyIn(copy, CHECKOUT);
  }

  /** Makes the user the owner of a path in the home folder, and of everything below it. */
  private async giveToUser(path: string): Promise<void> {
    const below = relative(HOME, path).split('/')[0] ?? '';
    const given = await this.run(['chown', '--recursive', `${USER}:${USER}`, join(HOME, below)]);
    if (given.exitCode !== 0) throw new Error(given.output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is mounted there: all mounts were in namespaces of commands, which have ended.
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Arguments: the room, options of chroot, the command. */
const MOUNTS = `
set -e
room=$1; shift
mount --rbind /dev "$room/dev"
mount --rbind /sys "$room/sys"
mount -t proc proc "$room/proc"
options=
case "$1" in --userspec=*) options=$1; shift ;; esac
exec chroot $options "$room" "$@"
`;

/** Removes the rooms of processes that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(roomsFolder()).catch(() => [])) {
    const pid = /^room-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(roomsFolder(), name), { recursive: true, force: true });
  }
}
