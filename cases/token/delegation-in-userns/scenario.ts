import {
  ATTACH_TYPE,
  BPF,
  call,
  exit,
  instructions,
  MAP_TYPE,
  mapCreate,
  move,
  PROG_TYPE,
  progLoad,
  scenario,
  tokenCreate,
} from 'kconform';

const JIFFIES64 = 118;
const O_DIRECTORY = 0o200000;

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: { uidMap: '0 100000 65536', gidMap: '0 100000 65536' } });

  // The child opens the context, so that its user namespace owns the bpffs; only the parent may delegate and create.
  const context = await child.fsopen('bpf');
  const childMayDelegate = (await child.fsconfigString(context.value, 'delegate_cmds', 'any')).errno;
  const atParent = await child.sendFd(context.value, guest.root);
  const delegated: Record<string, string | null> = {};
  for (const [option, value] of Object.entries({
    delegate_cmds: 'map_create:prog_load',
    delegate_maps: 'stack',
    delegate_progs: 'xdp',
    delegate_attachs: 'xdp',
  })) {
    delegated[option] = (await guest.root.fsconfigString(atParent, option, value)).errno;
  }
  const created = (await guest.root.fsconfigCreate(atParent)).errno;
  const mounted = await child.fsmount(context.value);
  const directory = await child.open('.', O_DIRECTORY, 0, mounted.value);

  const token = await child.bpf(BPF.TOKEN_CREATE, tokenCreate(directory.value));
  const stack = { type: MAP_TYPE.STACK, keySize: 0 };
  const xdp = {
    type: PROG_TYPE.XDP,
    attachType: ATTACH_TYPE.XDP,
    instructions: instructions(call(JIFFIES64), move(0, 2), exit()),
  };
  const create = async (map: Parameters<typeof mapCreate>[0]) =>
    (await child.bpf(BPF.MAP_CREATE, mapCreate(map))).errno;
  const load = async (program: Parameters<typeof progLoad>[0]) =>
    (await child.bpf(BPF.PROG_LOAD, progLoad(program))).errno;
  const fd = token.value;
  return {
    childMayDelegate,
    delegated,
    created,
    onMountFd: (await child.bpf(BPF.TOKEN_CREATE, tokenCreate(mounted.value))).errno,
    byParent: (await guest.root.bpf(BPF.TOKEN_CREATE, tokenCreate(await child.sendFd(directory.value, guest.root))))
      .errno,
    token: token.errno,
    link: (await guest.$`readlink ${`/proc/${child.pid}/fd/${fd}`}`).stdout,
    map: {
      withToken: await create({ ...stack, token: fd }),
      withoutToken: await create(stack),
      notDelegated: await create({ type: MAP_TYPE.HASH, token: fd }),
      notAToken: await create({ ...stack, token: directory.value }),
      closed: await create({ ...stack, token: 1000 }),
    },
    program: {
      withToken: await load({ ...xdp, token: fd }),
      withoutToken: await load(xdp),
      otherAttachType: await load({ ...xdp, attachType: ATTACH_TYPE.CGROUP_INET_INGRESS, token: fd }),
      notDelegated: await load({ ...xdp, type: PROG_TYPE.SOCKET_FILTER, token: fd }),
      notAToken: await load({ ...xdp, token: directory.value }),
    },
  };
});
