import { KconformError } from '../../errors/error.ts';
import { GuestBuffer } from '../agent/batch.ts';
import type { GuestProcess } from './process.ts';
import type { ErrnoResult } from './result.ts';

/**
 * Maps of a user namespace (user_namespaces(7)): each line has the first id inside, the first id outside and their count: `0
 * 100000 65536`.
 */
export interface UserNamespace {
  /** Written to /proc/PID/uid_map. */
  readonly uidMap: string;
  /** Written to /proc/PID/gid_map. */
  readonly gidMap: string;
}

/** Maps of a user namespace: ids 0 to 65535 inside are 100000 to 165535 outside, as usual in /etc/subuid (subuid(5)). */
export const SUBORDINATE_IDS: UserNamespace = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };

/** Properties of a new process. Default: a child of the agent, root in the guest's initial namespaces. */
export interface SpawnOptions {
  /** A new user namespace, in which the process is root, with a new, private mount namespace. */
  readonly userns?: UserNamespace;
  /** A new, private mount namespace; included in `userns`. */
  readonly mountns?: boolean;
  /** Real, effective and saved user id (setresuid(2)), in the user namespace of the process. */
  readonly uid?: number;
  /** Real, effective and saved group id (setresgid(2)); supplementary groups are dropped. */
  readonly gid?: number;
  /** The capabilities that it keeps, as bits (linux/capability.h). Default: all of its user. */
  readonly capabilities?: bigint;
}

const CLONE_NEWNS = 0x20000;
const CLONE_NEWUSER = 0x10000000;
const MS_REC_PRIVATE = 0x4000 | 0x40000;
const PR_SET_KEEPCAPS = 8;
const CAPABILITY_VERSION_3 = 0x20080522;

/** Capabilities by their numbers (linux/capability.h, capabilities(7)), without CAP_. */
export const CAP = {
  CHOWN: 0n,
  DAC_OVERRIDE: 1n,
  DAC_READ_SEARCH: 2n,
  FOWNER: 3n,
  FSETID: 4n,
  KILL: 5n,
  SETGID: 6n,
  SETUID: 7n,
  SETPCAP: 8n,
  LINUX_IMMUTABLE: 9n,
  NET_BIND_SERVICE: 10n,
  NET_BROADCAST: 11n,
  NET_ADMIN: 12n,
  NET_RAW: 13n,
  IPC_LOCK: 14n,
  IPC_OWNER: 15n,
  SYS_MODULE: 16n,
  SYS_RAWIO: 17n,
  SYS_CHROOT: 18n,
  SYS_PTRACE: 19n,
  SYS_PACCT: 20n,
  SYS_ADMIN: 21n,
  SYS_BOOT: 22n,
  SYS_NICE: 23n,
  SYS_RESOURCE: 24n,
  SYS_TIME: 25n,
  SYS_TTY_CONFIG: 26n,
  MKNOD: 27n,
  LEASE: 28n,
  AUDIT_WRITE: 29n,
  AUDIT_CONTROL: 30n,
  SETFCAP: 31n,
  MAC_OVERRIDE: 32n,
  MAC_ADMIN: 33n,
  SYSLOG: 34n,
  WAKE_ALARM: 35n,
  BLOCK_SUSPEND: 36n,
  AUDIT_READ: 37n,
  PERFMON: 38n,
  BPF: 39n,
  CHECKPOINT_RESTORE: 40n,
} as const;

/** A set of capabilities, from their numbers: `capabilities(CAP.BPF, CAP.NET_ADMIN)`; none is 0n (capabilities(7)). */
export function capabilities(...bits: readonly bigint[]): bigint {
  return bits.reduce((all, bit) => all | (1n << bit), 0n);
}

/**
 * The recipe of user_namespaces(7): the child leaves the namespace, root writes its maps, the child becomes root in its own;
 * then the mount namespace, and only then the ids and capabilities that take its rights away.
 * @throws KC_SPAWN (case) naming the call that failed
 */
export async function spawnProcess(
  start: () => Promise<GuestProcess>,
  root: GuestProcess,
  options: SpawnOptions,
): Promise<GuestProcess> {
  const child = await start();
  const { userns, uid, gid } = options;
  if (userns !== undefined) {
    await must('unshare(CLONE_NEWUSER)', child.unshare(CLONE_NEWUSER));
    await root.writeFile(`/proc/${child.pid}/uid_map`, userns.uidMap);
    await root.writeFile(`/proc/${child.pid}/gid_map`, userns.gidMap);
    await become(child, 0, 0);
  }
  if (userns !== undefined || options.mountns === true) {
    await must('unshare(CLONE_NEWNS)', child.unshare(CLONE_NEWNS));
    await must('making mounts private', child.mount('none', '/', 'none', MS_REC_PRIVATE));
  }
  if (options.capabilities !== undefined) {
    await must('prctl(PR_SET_KEEPCAPS)', child.syscall('prctl', PR_SET_KEEPCAPS, 1, 0, 0, 0));
  }
  await become(child, uid, gid);
  if (options.capabilities !== undefined) await keepCapabilities(child, options.capabilities);
  return child;
}

async function become(child: GuestProcess, uid: number | undefined, gid: number | undefined): Promise<void> {
  if (gid !== undefined) {
    await must('setgroups', child.syscall('setgroups', 0, null));
    await must('setresgid', child.setresgid(gid));
  }
  if (uid !== undefined) await must('setresuid', child.setresuid(uid));
}

/**
 * Sets effective and permitted capabilities to these and clears the inheritable ones (capset(2), version 3). Fails for a bit that
 * is not permitted.
 * @throws KC_SPAWN (case) with the errno
 */
export async function keepCapabilities(process: GuestProcess, kept: bigint): Promise<void> {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(CAPABILITY_VERSION_3);
  const data = Buffer.alloc(24);
  for (const [index, bits] of [kept & 0xffffffffn, kept >> 32n].entries()) {
    data.writeUInt32LE(Number(bits), index * 12);
    data.writeUInt32LE(Number(bits), index * 12 + 4);
  }
  await must('capset', process.syscall('capset', new GuestBuffer(header), new GuestBuffer(data)));
}

async function must(what: string, call: Promise<ErrnoResult>): Promise<void> {
  const { errno } = await call;
  if (errno === null) return;
  throw new KconformError(`cannot set a process up in the guest: ${what} gave ${errno}`, {
    code: 'KC_SPAWN',
    blame: 'case',
  });
}
