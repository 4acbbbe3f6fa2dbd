import { bpf, GuestBuffer, RLIMIT, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { unreclaimableKiB } from '../../bpffs/slab.ts';
import { EVERYTHING } from '../delegation.ts';

/** A token is 88 bytes, in a slab of objects of 96: some 900 KiB. */
const CREATIONS = 10_000;
/** struct rlimit64: both limits are 0. */
const NO_DESCRIPTORS = new GuestBuffer(Buffer.alloc(16));

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  const full = await child.fork();
  await full.errnos({ limit: syscall('prlimit64', 0, RLIMIT.NOFILE, NO_DESCRIPTORS, null) });
  const calls = [bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory.number))] as const;
  await full.batch(calls, { repeat: 1000 }); // slab that became empty may stay, for the next tokens
  const before = await unreclaimableKiB(guest);
  const { iterations, calls: summaries } = await full.batch(calls, { repeat: CREATIONS });
  return {
    iterations,
    errno: summaries[0]?.firstError ?? null,
    failures: summaries[0]?.failures ?? -1,
    grownKiB: (await unreclaimableKiB(guest)) - before,
  };
});
