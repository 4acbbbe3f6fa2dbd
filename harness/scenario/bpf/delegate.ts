import type { Call } from '../agent/batch.ts';
import { syscall } from '../agent/batch.ts';
import { FSCONFIG, O } from '../api/constants.ts';
import type { Fd } from '../api/fd.ts';
import type { GuestProcess } from '../api/process.ts';

/** Values of delegate_cmds=, delegate_maps=, delegate_progs= and delegate_attachs=; an option that is left out delegates nothing. */
export interface Delegated {
  /** Commands of bpf(2): `any`, a mask, or names such as `map_create:prog_load`. */
  readonly cmds?: string;
  /** Types of maps, likewise. */
  readonly maps?: string;
  /** Types of BPF programs, likewise. */
  readonly progs?: string;
  /** Attach types, likewise. */
  readonly attachs?: string;
}

/** A bpffs that belongs to the user namespace of the process that holds these descriptors. */
export interface DelegatedBpffs {
  /** The context that fsopen(2) returned. */
  readonly context: Fd;
  /** What fsmount(2) returned: an O_PATH descriptor, mounted nowhere yet. */
  readonly mount: Fd;
  /** Its root directory, opened for reading: what `tokenCreate` takes. */
  readonly directory: Fd;
}

/**
 * Creates a bpffs that delegates to a user namespace, as commit 6fe01d3cbb92 describes. The owner opens the context, so that its
 * user namespace owns the bpffs. `root`, which needs CAP_SYS_ADMIN in the initial user namespace, sets the options and creates
 * the superblock. The owner mounts it. If the kernel rejects a step, the case continues: the option delegates nothing, and calls
 * with a missing descriptor fail with EBADF (see FdResult.fdOrBad).
 */
export async function delegateBpffs(
  root: GuestProcess,
  owner: GuestProcess,
  delegated: Delegated,
): Promise<DelegatedBpffs> {
  const context = (await owner.fsopen('bpf')).fdOrBad;
  const atRoot = await root.receive(context);
  const set = ([option, value]: [string, string]): Call =>
    syscall('fsconfig', atRoot, FSCONFIG.SET_STRING, `delegate_${option}`, value, 0);
  await root.batch([
    ...Object.entries(delegated).map(set),
    syscall('fsconfig', atRoot, FSCONFIG.CMD_CREATE, null, null, 0),
  ]);
  await root.close(atRoot);
  const mount = (await owner.fsmount(context)).fdOrBad;
  return { context, mount, directory: (await owner.open('.', O.DIRECTORY, 0, mount)).fdOrBad };
}
