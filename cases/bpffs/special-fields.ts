import { bpf, type Fd, type GuestProcess } from 'kconform';

/** sizeof(struct bpf_timer) and sizeof(struct bpf_wq). */
export const FIELD_SIZE = 16;

/** The maps whose release walks all their elements, and offers to be rescheduled at each. */
export const HASHES = {
  hash: { type: bpf.MAP_TYPE.HASH },
  hashNotPreallocated: { type: bpf.MAP_TYPE.HASH, flags: bpf.F.NO_PREALLOC },
  lruHash: { type: bpf.MAP_TYPE.LRU_HASH },
} as const;

/** A value that is a structure with one member, a structure of this name and size: `bpf_timer`, `bpf_wq`. */
export async function valueWith(
  process: GuestProcess,
  name: string,
  size = FIELD_SIZE,
): Promise<Partial<bpf.MapCreate>> {
  const btf: Fd = (await process.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember(name, size)))).fd;
  return { valueSize: size, maxEntries: 64, btf: { fd: btf, key: bpf.BTF_INT, value: bpf.BTF_VALUE } };
}
