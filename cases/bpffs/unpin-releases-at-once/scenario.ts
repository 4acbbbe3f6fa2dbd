import {
  BPF,
  BPF_F_NO_PREALLOC,
  BTF_INT,
  BTF_VALUE,
  btfLoad,
  byId,
  exit,
  instructions,
  MAP_TYPE,
  mapCreate,
  move,
  objInfo,
  objPath,
  PROG_TYPE,
  progLoad,
  scenario,
  structWithMember,
} from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const btf = await root.bpf(BPF.BTF_LOAD, btfLoad(structWithMember('bpf_timer')));
  const withTimer = {
    valueSize: 16,
    maxEntries: 64,
    btf: { fd: btf.value, key: BTF_INT, value: BTF_VALUE },
  };
  const idOf = async (fd: number) => {
    const { attribute, info } = objInfo(fd);
    const { contents } = await root.program([{ name: 'bpf', args: [BPF.OBJ_GET_INFO_BY_FD, attribute, 16] }]);
    return contents.get(info)?.readUInt32LE(4) ?? 0;
  };
  /** Pins the object, closes it, takes the pin away and looks for its id in the same breath. */
  const afterUnpin = async (fd: number, command: number) => {
    const id = await idOf(fd);
    const pinned = await root.bpf(BPF.OBJ_PIN, objPath('/mnt/pin', fd));
    await root.close(fd);
    const attribute = byId(id);
    const alive = await root.bpf(command, attribute);
    await root.close(alive.value);
    const { calls } = await root.program([
      { name: 'unlink', args: ['/mnt/pin'] },
      { name: 'bpf', args: [command, attribute, attribute.bytes.length] },
    ]);
    return {
      pinned: pinned.errno,
      whilePinned: alive.errno,
      unlinked: calls[0]?.last.errno ?? null,
      afterwards: calls[1]?.last.errno ?? 'still there',
    };
  };
  const ofMap = async (map: Parameters<typeof mapCreate>[0]) => {
    const { value } = await root.bpf(BPF.MAP_CREATE, mapCreate(map));
    return afterUnpin(value, BPF.MAP_GET_FD_BY_ID);
  };
  const program = { type: PROG_TYPE.SOCKET_FILTER, instructions: instructions(move(0, 0), exit()) };
  return {
    hash: await ofMap({ type: MAP_TYPE.HASH }),
    array: await ofMap({ type: MAP_TYPE.ARRAY }),
    hashWithTimer: await ofMap({ type: MAP_TYPE.HASH, ...withTimer }),
    hashWithTimerNotPreallocated: await ofMap({ type: MAP_TYPE.HASH, flags: BPF_F_NO_PREALLOC, ...withTimer }),
    lruHashWithTimer: await ofMap({ type: MAP_TYPE.LRU_HASH, ...withTimer }),
    program: await afterUnpin((await root.bpf(BPF.PROG_LOAD, progLoad(program))).value, BPF.PROG_GET_FD_BY_ID),
  };
});
