import {
  BPF,
  BPF_F_RDONLY,
  BPF_F_WRONLY,
  bpfCall,
  type Descriptor,
  type GuestProcess,
  MAP_TYPE,
  mapCreate,
  mapLookup,
  mapUpdate,
  objPath,
  scenario,
} from 'kconform';

const KEY = Buffer.alloc(4);

const use = (process: GuestProcess, map: Descriptor) =>
  process.errnos({
    update: bpfCall(BPF.MAP_UPDATE_ELEM, mapUpdate(map, KEY, Buffer.alloc(4))),
    lookup: bpfCall(BPF.MAP_LOOKUP_ELEM, mapLookup(map, KEY, 4).attribute),
  });

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const created = async (flags: number) =>
    (await root.bpf(BPF.MAP_CREATE, mapCreate({ type: MAP_TYPE.ARRAY, flags }))).fd;
  const readOnly = await created(BPF_F_RDONLY);
  const both = await root.bpf(BPF.MAP_CREATE, mapCreate({ type: MAP_TYPE.ARRAY, flags: BPF_F_RDONLY | BPF_F_WRONLY }));

  await root.mount('bpffs', '/mnt', 'bpf');
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const given = await user.receive(readOnly);
  const direct = await use(user, given);
  const pin = await user.bpf(BPF.OBJ_PIN, objPath('/mnt/map', given));
  const got = await user.bpf(BPF.OBJ_GET, objPath('/mnt/map'));
  return {
    plain: await use(root, await created(0)),
    readOnly: await use(root, readOnly),
    writeOnly: await use(root, await created(BPF_F_WRONLY)),
    both: both.errno,
    user: { direct, pin: pin.errno, get: got.errno, afterGet: await use(user, got.value) },
  };
});
