import {
  bpf,
  CLONE,
  eachOf,
  type Fd,
  FSCONFIG,
  GuestBuffer,
  type GuestProcess,
  O,
  SUBORDINATE_IDS,
  scenario,
  syscall,
} from 'kconform';
import { newMap } from '../objects.ts';

const INSIDE = ['0', '65535', '65536', '100000', '4294967295'] as const;
const OUTSIDE = ['0', '65535', '99999', '100000', '165535', '165536'] as const;

/** Accepted, or the error with what the context's log says. */
async function setEach<V extends string>(process: GuestProcess, context: number, option: string, values: readonly V[]) {
  const logs = values.map(() => new GuestBuffer(Buffer.alloc(128), true));
  const { calls, contents } = await process.batch(
    values.flatMap((value, index) => [
      syscall('fsconfig', context, FSCONFIG.SET_STRING, option, value, 0),
      syscall('read', context, logs[index] ?? null, 128),
    ]),
  );
  return eachOf(values, (_, index) => {
    const [set, read] = calls.slice(index * 2).map(({ last }) => last);
    const log = logs[index] && contents.get(logs[index])?.toString('utf8');
    const line = read?.errno === null ? `, ${log?.slice(0, read.value).trim()}` : '';
    return `${set?.errno ?? 'accepted'}${line}`;
  });
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const asked = (await child.fsopen('bpf')).fd;
  const askedByRoot = (await root.receive(asked)).number;

  /** A bpffs that the child's namespace owns, mounted on its /mnt, with an owner by this process. */
  const mounted = async (by: GuestProcess, owner: { readonly uid: string; readonly gid: string } | null) => {
    const context = (await child.fsopen('bpf')).fd;
    const atRoot = await root.receive(context);
    const own = by === child ? context : atRoot;
    for (const [option, id] of Object.entries(owner ?? {})) await by.fsconfigString(own, option, id);
    await root.fsconfigCreate(atRoot);
    const mount = (await child.fsmount(context)).fd;
    await child.moveMount(mount, '/mnt');
    const directory = (await child.open('/mnt', O.DIRECTORY)).fd;
    const pinned = bpf.objPath('pin', await child.receive(await newMap(root)), { directory });
    await child.errnos({ pin: bpf.call(bpf.CMD.OBJ_PIN, pinned) });
    const pin = (await child.open('/mnt/pin', O.PATH)).fd;
    return {
      directory: await owners(directory),
      pin: await owners(pin),
      // The child's table of mounts as three readers see it.
      shown: {
        inside: options(await child.readFile('/proc/self/mounts')),
        outside: options(await guest.readFile(`/proc/${child.pid}/mounts`)),
        nested: options(await nested.readFile(`/proc/${child.pid}/mounts`)),
      },
    };
  };
  const owners = async (fd: Fd) => ({
    inside: await ownerOf(child, fd),
    outside: await ownerOf(root, await root.receive(fd)),
  });
  const nested = await child.fork();
  await nested.unshare(CLONE.NEWUSER);
  return {
    byChild: {
      uid: await setEach(child, asked.number, 'uid', INSIDE),
      gid: await setEach(child, asked.number, 'gid', INSIDE),
    },
    byRoot: {
      uid: await setEach(root, askedByRoot, 'uid', OUTSIDE),
      gid: await setEach(root, askedByRoot, 'gid', OUTSIDE),
    },
    unset: await mounted(child, null),
    setByChild: await mounted(child, { uid: '5', gid: '6' }),
    setByRoot: await mounted(root, { uid: '100007', gid: '100008' }),
  };
});

async function ownerOf(process: GuestProcess, fd: Fd): Promise<string> {
  const { facts } = await process.fstat(fd);
  return `${facts?.uid}:${facts?.gid}`;
}

/** The options of the newest mount on /mnt. */
function options(mounts: string): string {
  const lines = mounts.split('\n').map((line) => line.split(' '));
  return lines.findLast(([, place]) => place === '/mnt')?.[3] ?? 'not mounted';
}
