import {
  CLONE,
  capabilities,
  type Guest,
  type GuestProcess,
  keepCapabilities,
  MS,
  PR,
  SUBORDINATE_IDS,
  syscall,
} from 'kconform';

const LAST_CAPABILITY = 40n;

/** All capabilities but these. */
export function allBut(...lacking: readonly bigint[]): bigint {
  return ((1n << (LAST_CAPABILITY + 1n)) - 1n) & ~capabilities(...lacking);
}

/** A child of the process, with its descriptors, that keeps only these of its capabilities. */
export async function forkWith(process: GuestProcess, kept: bigint): Promise<GuestProcess> {
  const fork = await process.fork();
  await keepCapabilities(fork, kept);
  return fork;
}

/** A child of the process with its descriptors, root of a user namespace inside that of the process. */
export async function forkNested(process: GuestProcess): Promise<GuestProcess> {
  const nested = await process.fork();
  await nested.errnos({
    unshare: syscall('unshare', CLONE.NEWUSER | CLONE.NEWNS),
    dumpable: syscall('prctl', PR.SET_DUMPABLE, 1), // else its files in /proc are those of the guest's root
  });
  for (const map of ['uid_map', 'gid_map']) await process.writeFile(`/proc/${nested.pid}/${map}`, '0 0 65536');
  return nested;
}

export const NO_CAPABILITIES = 0n;

/** Root of a user namespace that a user of the guest created and owns; its ids are SUBORDINATE_IDS. */
export async function spawnOwnedBy(guest: Guest, uid: number): Promise<GuestProcess> {
  const process = await guest.spawn({ uid, gid: uid });
  await process.unshare(CLONE.NEWUSER);
  await guest.writeFile(`/proc/${process.pid}/uid_map`, SUBORDINATE_IDS.uidMap);
  await guest.writeFile(`/proc/${process.pid}/gid_map`, SUBORDINATE_IDS.gidMap);
  await process.errnos({
    gid: syscall('setresgid', 0, 0, 0),
    uid: syscall('setresuid', 0, 0, 0),
    mounts: syscall('unshare', CLONE.NEWNS),
    private: syscall('mount', 'none', '/', 'none', MS.REC | MS.PRIVATE, null),
  });
  return process;
}
