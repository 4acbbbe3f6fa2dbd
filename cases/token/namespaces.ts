import { capabilities, type Guest, type GuestProcess, keepCapabilities } from 'kconform';

const CLONE_NEWNS = 0x20000;
const CLONE_NEWUSER = 0x10000000;
const PR_SET_DUMPABLE = 4;
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
    unshare: { name: 'unshare', args: [CLONE_NEWUSER | CLONE_NEWNS] },
    dumpable: { name: 'prctl', args: [PR_SET_DUMPABLE, 1] }, // else its files in /proc are those of the guest's root
  });
  for (const map of ['uid_map', 'gid_map']) await process.writeFile(`/proc/${nested.pid}/${map}`, '0 0 65536');
  return nested;
}

export const NO_CAPABILITIES = 0n;

const MS_REC_PRIVATE = 0x4000 | 0x40000;

/** Root of a user namespace that this user of the guest owns, for it was him who made it; mapped like ID_MAPS. */
export async function spawnOwnedBy(guest: Guest, uid: number): Promise<GuestProcess> {
  const process = await guest.spawn({ uid, gid: uid });
  await process.unshare(CLONE_NEWUSER);
  for (const map of ['uid_map', 'gid_map']) await guest.writeFile(`/proc/${process.pid}/${map}`, '0 100000 65536');
  await process.errnos({
    gid: { name: 'setresgid', args: [0, 0, 0] },
    uid: { name: 'setresuid', args: [0, 0, 0] },
    mounts: { name: 'unshare', args: [CLONE_NEWNS] },
    private: { name: 'mount', args: ['none', '/', 'none', MS_REC_PRIVATE, null] },
  });
  return process;
}
