import { KconformError } from '../errors.ts';
import type { AgentClient } from './agent/client.ts';
import { GuestBuffer } from './agent/program.ts';
import { GuestProcess } from './process.ts';
import type { ErrnoResult } from './result.ts';

/** Lines of a uid_map or gid_map (user_namespaces(7)): `0 100000 65536`. */
export interface UserNamespace {
  readonly uidMap: string;
  readonly gidMap: string;
}

export interface Spawn {
  /** A user namespace of its own, in which the process becomes root; with a mount namespace, made private. */
  readonly userns?: UserNamespace;
  /** Ids in the namespace that the process ends up in. */
  readonly uid?: number;
  readonly gid?: number;
  /** The capabilities that it keeps, as bits (linux/capability.h); all that its user has when absent. */
  readonly capabilities?: bigint;
}

const CLONE_NEWNS = 0x20000;
const CLONE_NEWUSER = 0x10000000;
const MS_REC_PRIVATE = 0x4000 | 0x40000;
const CAPABILITY_VERSION_3 = 0x20080522;

/** Capabilities by bit number (linux/capability.h). */
export const CAP = { SETGID: 6n, SETUID: 7n, NET_ADMIN: 12n, SYS_ADMIN: 21n, PERFMON: 38n, BPF: 39n } as const;

/** The bits of some capabilities: `capabilities(CAP.BPF, CAP.NET_ADMIN)`. */
export function capabilities(...bits: readonly bigint[]): bigint {
  return bits.reduce((all, bit) => all | (1n << bit), 0n);
}

export async function spawnProcess(agent: AgentClient, root: GuestProcess, options: Spawn): Promise<GuestProcess> {
  const child = await GuestProcess.start(agent);
  const { userns, uid, gid } = options;
  if (userns !== undefined) {
    await must('unshare(CLONE_NEWUSER)', child.unshare(CLONE_NEWUSER));
    await root.writeFile(`/proc/${child.pid}/uid_map`, userns.uidMap);
    await root.writeFile(`/proc/${child.pid}/gid_map`, userns.gidMap);
  }
  const owner = userns === undefined ? undefined : 0;
  const [user, group] = [uid ?? owner, gid ?? owner];
  if (group !== undefined) {
    await must('setgroups', child.syscall('setgroups', 0, null));
    await must('setresgid', child.syscall('setresgid', group, group, group));
  }
  if (user !== undefined) await must('setresuid', child.syscall('setresuid', user, user, user));
  if (userns !== undefined) {
    await must('unshare(CLONE_NEWNS)', child.unshare(CLONE_NEWNS));
    await must('making mounts private', child.mount('none', '/', 'none', MS_REC_PRIVATE));
  }
  if (options.capabilities !== undefined) await keepCapabilities(child, options.capabilities);
  return child;
}

/** Effective and permitted capabilities become just these (capset(2)). */
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
