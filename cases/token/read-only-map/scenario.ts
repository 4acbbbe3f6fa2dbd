import { bpf, type Descriptor, type GuestProcess, scenario } from 'kconform';

const KEY = Buffer.alloc(4);

const use = (process: GuestProcess, map: Descriptor) =>
  process.errnos({
    update: bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(map, KEY, Buffer.alloc(4))),
    lookup: bpf.call(bpf.CMD.MAP_LOOKUP_ELEM, bpf.mapLookup(map, KEY, 4).attribute),
  });

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const created = async (flags: number) =>
    (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, flags }))).fd;
  const readOnly = await created(bpf.F.RDONLY);
  const both = await root.bpf(
    bpf.CMD.MAP_CREATE,
    bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, flags: bpf.F.RDONLY | bpf.F.WRONLY }),
  );

  await root.mount('bpffs', '/mnt', 'bpf');
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const given = await user.receive(readOnly);
  const direct = await use(user, given);
  const pin = await user.bpf(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/map', given));
  const got = await user.bpf(bpf.CMD.OBJ_GET, bpf.objPath('/mnt/map'));
  return {
    plain: await use(root, await created(0)),
    readOnly: await use(root, readOnly),
    writeOnly: await use(root, await created(bpf.F.WRONLY)),
    both: both.errno,
    user: { direct, pin: pin.errno, get: got.errno, afterGet: await use(user, got.value) },
  };
});
