import {
  BPF,
  BPF_F_NO_PREALLOC,
  BTF_INT,
  btfLoad,
  type Descriptor,
  type GuestProcess,
  MAP_TYPE,
  type MapCreate,
  mapCreate,
  structWithMember,
} from 'kconform';

const BPF_F_MMAPABLE = 1024;
const PAGE_SIZE = 4096;

/** What the maps below refer to: BTF of an int, and a map to be an element. */
interface Parts {
  readonly btf: number;
  readonly element: number;
}

/** Both are made with a token and last as long as the process. */
export async function partsOfMaps(process: GuestProcess, token: Descriptor): Promise<Parts> {
  const btf = (await process.bpf(BPF.BTF_LOAD, btfLoad(structWithMember('plain'), token))).fdOrBad;
  const element = (await process.bpf(BPF.MAP_CREATE, mapCreate({ type: MAP_TYPE.ARRAY, token }))).fdOrBad;
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
    flags: BPF_F_NO_PREALLOC,
    btf: { fd: btf, key: BTF_INT, value: BTF_INT },
  };
  const perCgroup = { keySize: 8, maxEntries: 0 };
  const ring = { keySize: 0, valueSize: 0, maxEntries: PAGE_SIZE };
  return {
    hash: { type: MAP_TYPE.HASH },
    array: { type: MAP_TYPE.ARRAY },
    prog_array: { type: MAP_TYPE.PROG_ARRAY },
    perf_event_array: { type: MAP_TYPE.PERF_EVENT_ARRAY },
    percpu_hash: { type: MAP_TYPE.PERCPU_HASH },
    percpu_array: { type: MAP_TYPE.PERCPU_ARRAY },
    stack_trace: { type: MAP_TYPE.STACK_TRACE, valueSize: 8 },
    cgroup_array: { type: MAP_TYPE.CGROUP_ARRAY },
    lru_hash: { type: MAP_TYPE.LRU_HASH },
    lru_percpu_hash: { type: MAP_TYPE.LRU_PERCPU_HASH },
    lpm_trie: { type: MAP_TYPE.LPM_TRIE, keySize: 8, flags: BPF_F_NO_PREALLOC },
    array_of_maps: { type: MAP_TYPE.ARRAY_OF_MAPS, innerMap: element },
    hash_of_maps: { type: MAP_TYPE.HASH_OF_MAPS, innerMap: element },
    devmap: { type: MAP_TYPE.DEVMAP },
    sockmap: { type: MAP_TYPE.SOCKMAP },
    cpumap: { type: MAP_TYPE.CPUMAP },
    xskmap: { type: MAP_TYPE.XSKMAP },
    sockhash: { type: MAP_TYPE.SOCKHASH },
    cgroup_storage_deprecated: { type: MAP_TYPE.CGROUP_STORAGE_DEPRECATED, ...perCgroup },
    reuseport_sockarray: { type: MAP_TYPE.REUSEPORT_SOCKARRAY },
    percpu_cgroup_storage_deprecated: { type: MAP_TYPE.PERCPU_CGROUP_STORAGE_DEPRECATED, ...perCgroup },
    queue: { type: MAP_TYPE.QUEUE, ...keyless },
    stack: { type: MAP_TYPE.STACK, ...keyless },
    sk_storage: { type: MAP_TYPE.SK_STORAGE, ...perObject },
    devmap_hash: { type: MAP_TYPE.DEVMAP_HASH },
    ringbuf: { type: MAP_TYPE.RINGBUF, ...ring },
    inode_storage: { type: MAP_TYPE.INODE_STORAGE, ...perObject },
    task_storage: { type: MAP_TYPE.TASK_STORAGE, ...perObject },
    bloom_filter: { type: MAP_TYPE.BLOOM_FILTER, ...keyless },
    user_ringbuf: { type: MAP_TYPE.USER_RINGBUF, ...ring },
    cgrp_storage: { type: MAP_TYPE.CGRP_STORAGE, ...perObject },
    arena: { type: MAP_TYPE.ARENA, keySize: 0, valueSize: 0, flags: BPF_F_MMAPABLE },
  } as const satisfies Record<string, MapCreate>;
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
