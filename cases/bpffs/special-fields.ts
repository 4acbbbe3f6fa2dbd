import {
  BPF,
  BPF_F_NO_PREALLOC,
  BTF_INT,
  BTF_VALUE,
  btfLoad,
  type Fd,
  type GuestProcess,
  MAP_TYPE,
  type MapCreate,
  structWithMember,
} from 'kconform';

/** sizeof(struct bpf_timer) and sizeof(struct bpf_wq). */
export const FIELD_SIZE = 16;

/** The maps whose release walks all their elements, and offers to be rescheduled at each. */
export const HASHES = {
  hash: { type: MAP_TYPE.HASH },
  hashNotPreallocated: { type: MAP_TYPE.HASH, flags: BPF_F_NO_PREALLOC },
  lruHash: { type: MAP_TYPE.LRU_HASH },
} as const;

/** A value that is a structure with one member, a structure of this name and size: `bpf_timer`, `bpf_wq`. */
export async function valueWith(process: GuestProcess, name: string, size = FIELD_SIZE): Promise<Partial<MapCreate>> {
  const btf: Fd = (await process.bpf(BPF.BTF_LOAD, btfLoad(structWithMember(name, size)))).fd;
  return { valueSize: size, maxEntries: 64, btf: { fd: btf, key: BTF_INT, value: BTF_VALUE } };
}
