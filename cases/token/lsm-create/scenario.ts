import { bpf, GuestBuffer, SUBORDINATE_IDS, scenario } from 'kconform';
import { EVERYTHING } from '../delegation.ts';
import { always, EACCES, EPERM, Hook, ifArgument } from '../lsm.ts';

const REFUSALS = 1000;
const MASK = 1;
/** What a check for mere access asks inode_permission for (linux/fs.h). */
const MAY_ACCESS = 0x10;

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  const create = async () => (await child.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))).errno;
  const creation = await Hook.named(guest, 'bpf_token_create');
  const permission = await Hook.named(guest, 'inode_permission');
  const createdWhile = async (hook: Hook, program: Buffer) => {
    const attached = await hook.attach(program);
    const errno = await create();
    await attached.detach();
    return errno;
  };

  /** How many open files the kernel has more, after a module has refused so many tokens. */
  const filesKept = async () => {
    const open = async () => Number((await guest.readFile('/proc/sys/fs/file-nr')).split(/\s/)[0]);
    const attached = await creation.attach(always(-EACCES));
    const before = await open();
    const { calls: summaries } = await child.repeat(REFUSALS, [
      bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory)),
    ]);
    const after = await open();
    await attached.detach();
    return { failures: summaries[0]?.failures ?? 0, grown: after - before };
  };

  const log = new GuestBuffer(Buffer.alloc(4096), true);
  const positive = bpf.progLoad({ ...creation.program(always(1)), log });
  const { calls, contents } = await guest.root.batch([bpf.call(bpf.CMD.PROG_LOAD, positive)]);
  return {
    before: await create(),
    accessDenied: await createdWhile(creation, always(-EACCES)),
    notPermitted: await createdWhile(creation, always(-EPERM)),
    allowed: await createdWhile(creation, always(0)),
    after: await create(),
    filesKept: await filesKept(),
    positive: {
      errno: calls[0]?.last.errno ?? null,
      log: contents.get(log)?.toString('latin1').replaceAll('\0', '') ?? '',
    },
    directory: {
      accessDenied: await createdWhile(permission, ifArgument(MASK, MAY_ACCESS, -EACCES)),
      nothingElseAsked: await createdWhile(permission, ifArgument(MASK, MAY_ACCESS | 4, -EACCES)),
    },
  };
});
