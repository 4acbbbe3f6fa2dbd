import { bpf, instruction, scenario, syscall } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const btf = await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember('bpf_timer')));
  const withTimer = {
    valueSize: 16,
    maxEntries: 64,
    btf: { fd: btf.value, key: bpf.BTF_INT, value: bpf.BTF_VALUE },
  };
  /** Pins the object, closes it, takes the pin away and looks for its id in the same breath. */
  const afterUnpin = async (fd: number, kind: 'map' | 'program') => {
    const id = await bpf.objectId(root, fd, kind);
    const command = kind === 'map' ? bpf.CMD.MAP_GET_FD_BY_ID : bpf.CMD.PROG_GET_FD_BY_ID;
    const pinned = await root.bpf(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/pin', fd));
    await root.close(fd);
    const attribute = bpf.byId(id);
    const alive = await root.bpf(command, attribute);
    await root.close(alive.value);
    const { calls } = await root.batch([
      syscall('unlink', '/mnt/pin'),
      syscall('bpf', command, attribute, attribute.bytes.length),
    ]);
    return {
      pinned: pinned.errno,
      whilePinned: alive.errno,
      unlinked: calls[0]?.last.errno ?? null,
      afterwards: calls[1]?.last.errno ?? 'still there',
    };
  };
  const ofMap = async (map: Parameters<typeof bpf.mapCreate>[0]) => {
    const { value } = await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate(map));
    return afterUnpin(value, 'map');
  };
  const program = {
    type: bpf.PROG_TYPE.SOCKET_FILTER,
    instructions: instruction.sequence(instruction.move(0, 0), instruction.exit()),
  };
  return {
    hash: await ofMap({ type: bpf.MAP_TYPE.HASH }),
    array: await ofMap({ type: bpf.MAP_TYPE.ARRAY }),
    hashWithTimer: await ofMap({ type: bpf.MAP_TYPE.HASH, ...withTimer }),
    hashWithTimerNotPreallocated: await ofMap({ type: bpf.MAP_TYPE.HASH, flags: bpf.F.NO_PREALLOC, ...withTimer }),
    lruHashWithTimer: await ofMap({ type: bpf.MAP_TYPE.LRU_HASH, ...withTimer }),
    program: await afterUnpin((await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(program))).value, 'program'),
  };
});
