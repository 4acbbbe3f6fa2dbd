import { bpf, instruction, scenario } from 'kconform';

/** linux/bpf.h, bpf_get_local_storage(map, flags) */
const GET_LOCAL_STORAGE = 81;
/** struct bpf_cgroup_storage_key: an inode number and a type of attachment, padded. */
const KEY_SIZE = 16;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /sys/fs/cgroup/walked`;
  const cgroup = (await root.open('/sys/fs/cgroup/walked')).fd;
  const map = await root.bpf(
    bpf.CMD.MAP_CREATE,
    bpf.mapCreate({ type: bpf.MAP_TYPE.CGROUP_STORAGE_DEPRECATED, keySize: KEY_SIZE, valueSize: 8, maxEntries: 0 }),
  );
  const instructions = instruction.sequence(
    instruction.loadMap(1, map.fd.number),
    instruction.move(2, 0),
    instruction.call(GET_LOCAL_STORAGE),
    instruction.move(0, 1),
    instruction.exit(),
  );
  const program = await root.bpf(
    bpf.CMD.PROG_LOAD,
    bpf.progLoad({ type: bpf.PROG_TYPE.CGROUP_SKB, attachType: bpf.ATTACH_TYPE.CGROUP_INET_INGRESS, instructions }),
  );
  const attached = await root.bpf(
    bpf.CMD.PROG_ATTACH,
    bpf.progAttach(program.fd, cgroup, bpf.ATTACH_TYPE.CGROUP_INET_INGRESS),
  );
  const key = Buffer.alloc(KEY_SIZE);
  const { ino } = await guest.stat('/sys/fs/cgroup/walked');
  key.writeBigUInt64LE(BigInt(ino));
  const walk = await root.errnos({
    theOnly: bpf.call(bpf.CMD.MAP_LOOKUP_ELEM, bpf.mapLookup(map.fd, key, 8).attribute),
    afterTheOnly: bpf.call(bpf.CMD.MAP_GET_NEXT_KEY, bpf.mapNextKey(map.fd, key, KEY_SIZE).attribute),
  });
  return { attached: attached.errno, ...walk };
});
