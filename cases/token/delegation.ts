import { bpf, type Fd, type Guest, type GuestProcess, SUBORDINATE_IDS } from 'kconform';

export const EVERYTHING: bpf.Delegated = { cmds: 'any', maps: 'any', progs: 'any', attachs: 'any' };

/** Every second bit of a mask, so that the neighbours of each delegated bit are not delegated. */
export const EVEN_BITS = '0x5555555555555555';
export const ODD_BITS = '0xaaaaaaaaaaaaaaaa';

/** A token of that bpffs. Where the kernel refuses it, calls with the token end with EBADF. */
export async function createToken(process: GuestProcess, directory: Fd): Promise<Fd> {
  return (await process.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))).fdOrBad;
}

/** A token of a bpffs of its own. */
export async function ownToken(guest: Guest, owner: GuestProcess, delegated: bpf.Delegated): Promise<Fd> {
  return createToken(owner, (await bpf.delegateBpffs(guest.root, owner, delegated)).directory);
}

/** Root of a new user namespace, with a token for what is delegated. */
export async function delegate(guest: Guest, delegated: bpf.Delegated): Promise<{ child: GuestProcess; token: Fd }> {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  return { child, token: await ownToken(guest, child, delegated) };
}
