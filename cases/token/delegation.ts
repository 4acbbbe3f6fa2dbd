import { bpf, type Call, type Fd, FSCONFIG, type Guest, type GuestProcess } from 'kconform';

/** Root of the user namespace is user 100000 of the guest. */
export const ID_MAPS = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };

/** Values of delegate_cmds= and its like; what is left out is not delegated. */
export interface Delegated {
  readonly cmds?: string;
  readonly maps?: string;
  readonly progs?: string;
  readonly attachs?: string;
}

export const EVERYTHING: Delegated = { cmds: 'any', maps: 'any', progs: 'any', attachs: 'any' };

/** Between them all bits of a mask: who has one of the two lacks the neighbours of what is delegated. */
export const EVEN_BITS = '0x5555555555555555';
export const ODD_BITS = '0xaaaaaaaaaaaaaaaa';

/** A bpffs that belongs to the user namespace of the process that holds these descriptors. */
export interface OwnBpffs {
  readonly context: Fd;
  /** What fsmount gave: an O_PATH descriptor. */
  readonly mount: Fd;
  /** Its root directory, opened for reading: what BPF_TOKEN_CREATE asks for. */
  readonly directory: Fd;
}

const O_DIRECTORY = 0o200000;

/**
 * The flow of commit 6fe01d3cbb92: the process opens the context, so that its user namespace owns the bpffs; root of the guest,
 * who alone may do so, delegates and creates it; the process mounts it. A kernel that refuses a step gives descriptors that are
 * none, and an option that it refuses delegates nothing: what is done with the bpffs then ends otherwise than expected.
 */
export async function ownBpffs(guest: Guest, owner: GuestProcess, delegated: Delegated): Promise<OwnBpffs> {
  const context = (await owner.fsopen('bpf')).fdOrBad;
  const atRoot = await guest.root.receive(context);
  const set = (option: string, value: string): Call => ({
    name: 'fsconfig',
    args: [atRoot, FSCONFIG.SET_STRING, `delegate_${option}`, value, 0],
  });
  await guest.root.batch([
    ...Object.entries(delegated).map(([option, value]) => set(option, value)),
    { name: 'fsconfig', args: [atRoot, FSCONFIG.CMD_CREATE, null, null, 0] },
  ]);
  await guest.root.close(atRoot);
  const mount = (await owner.fsmount(context)).fdOrBad;
  return { context, mount, directory: (await owner.open('.', O_DIRECTORY, 0, mount)).fdOrBad };
}

/** A kernel that refuses it gives a descriptor that is none: what takes the token then ends with EBADF. */
export async function createToken(process: GuestProcess, directory: Fd): Promise<Fd> {
  return (await process.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))).fdOrBad;
}

/** A token of a bpffs made for the process, which nothing else needs. */
export async function ownToken(guest: Guest, owner: GuestProcess, delegated: Delegated): Promise<Fd> {
  return createToken(owner, (await ownBpffs(guest, owner, delegated)).directory);
}

/** Root of a user namespace of its own, with a token for what is delegated to it. */
export async function delegate(guest: Guest, delegated: Delegated): Promise<{ child: GuestProcess; token: Fd }> {
  const child = await guest.spawn({ userns: ID_MAPS });
  return { child, token: await ownToken(guest, child, delegated) };
}
