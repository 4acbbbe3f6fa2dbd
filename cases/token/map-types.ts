import { bpf, type Descriptor, type GuestProcess } from 'kconform';

const PAGE_SIZE = 4096;

/** What the maps below refer to: BTF of an int, and a map to be an element. */
interface Parts {
  readonly btf: number;
  readonly element: number;
}

/** Both are made with a token and last as long as the process. */
export async function partsOfMaps(process: GuestProcess, token: Descriptor): Promise<Parts> {
  const btf = (await process.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember('plain'), token))).fdOrBad;
  const element = (await process.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, token }))).fdOrBad;
  return { btf: btf.number, element: element.number };
}

/**
 * A map of each type that can be created on its own. UNSPEC is no type, STRUCT_OPS needs a structure of a kernel module or
 * subsystem.
 */
export function mapsOfAllTypes({ btf, element }: Parts) {
  const keyless = { keySize: 0 };
  const perObject = {
    maxEntries: 0,
    flags: bpf.F.NO_PREALLOC,
    btf: { fd: btf, key: bpf.BTF_INT, value: bpf.BTF_INT },
  };
  const perCgroup = { keySize: 8, maxEntries: 0 };
  const ring = { keySize: 0, valueSize: 0, maxEntries: PAGE_SIZE };
  return {
    hash: { type: bpf.MAP_TYPE.HASH },
    array: { type: bpf.MAP_TYPE.ARRAY },
    prog_array: { type: bpf.MAP_TYPE.PROG_ARRAY },
    perf_event_array: { type: bpf.MAP_TYPE.PERF_EVENT_ARRAY },
    percpu_hash: { type: bpf.MAP_TYPE.PERCPU_HASH },
    percpu_array: { type: bpf.MAP_TYPE.PERCPU_ARRAY },
    stack_trace: { type: bpf.MAP_TYPE.STACK_TRACE, valueSize: 8 },
    cgroup_array: { type: bpf.MAP_TYPE.CGROUP_ARRAY },
    lru_hash: { type: bpf.MAP_TYPE.LRU_HASH },
    lru_percpu_hash: { type: bpf.MAP_TYPE.LRU_PERCPU_HASH },
    lpm_trie: { type: bpf.MAP_TYPE.LPM_TRIE, keySize: 8, flags: bpf.F.NO_PREALLOC },
    array_of_maps: { type: bpf.MAP_TYPE.ARRAY_OF_MAPS, innerMap: element },
    hash_of_maps: { type: bpf.MAP_TYPE.HASH_OF_MAPS, innerMap: element },
    devmap: { type: bpf.MAP_TYPE.DEVMAP },
    sockmap: { type: bpf.MAP_TYPE.SOCKMAP },
    cpumap: { type: bpf.MAP_TYPE.CPUMAP },
    xskmap: { type: bpf.MAP_TYPE.XSKMAP },
    sockhash: { type: bpf.MAP_TYPE.SOCKHASH },
    cgroup_storage_deprecated: { type: bpf.MAP_TYPE.CGROUP_STORAGE_DEPRECATED, ...perCgroup },
    reuseport_sockarray: { type: bpf.MAP_TYPE.REUSEPORT_SOCKARRAY },
    percpu_cgroup_storage_deprecated: { type: bpf.MAP_TYPE.PERCPU_CGROUP_STORAGE_DEPRECATED, ...perCgroup },
    queue: { type: bpf.MAP_TYPE.QUEUE, ...keyless },
    stack: { type: bpf.MAP_TYPE.STACK, ...keyless },
    sk_storage: { type: bpf.MAP_TYPE.SK_STORAGE, ...perObject },
    devmap_hash: { type: bpf.MAP_TYPE.DEVMAP_HASH },
    ringbuf: { type: bpf.MAP_TYPE.RINGBUF, ...ring },
    inode_storage: { type: bpf.MAP_TYPE.INODE_STORAGE, ...perObject },
    task_storage: { type: bpf.MAP_TYPE.TASK_STORAGE, ...perObject },
    bloom_filter: { type: bpf.MAP_TYPE.BLOOM_FILTER, ...keyless },
    user_ringbuf: { type: bpf.MAP_TYPE.USER_RINGBUF, ...ring },
    cgrp_storage: { type: bpf.MAP_TYPE.CGRP_STORAGE, ...perObject },
    arena: { type: bpf.MAP_TYPE.ARENA, keySize: 0, valueSize: 0, flags: bpf.F.MMAPABLE },
  } as const satisfies Record<string, bpf.MapCreate>;
}

/** What published kernels have and the types above need. */
export const CONFIG_OF_ALL_TYPES = [
  'BPF_JIT',
  'BPF_LSM',
  'CGROUP_BPF',
  'INET',
  'NET',
  'PERF_EVENTS',
  'USER_NS',
  'XDP_SOCKETS',
];
