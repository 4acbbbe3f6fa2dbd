/** bpf(2) commands, types and flags by the names of linux/bpf.h, without their prefixes. */
export const BPF = {
  MAP_CREATE: 0,
  MAP_LOOKUP_ELEM: 1,
  MAP_UPDATE_ELEM: 2,
  PROG_LOAD: 5,
  OBJ_PIN: 6,
  OBJ_GET: 7,
  PROG_GET_FD_BY_ID: 13,
  MAP_GET_FD_BY_ID: 14,
  OBJ_GET_INFO_BY_FD: 15,
  BTF_LOAD: 18,
  TOKEN_CREATE: 36,
} as const;

export const MAP_TYPE = {
  HASH: 1,
  ARRAY: 2,
  LRU_HASH: 9,
  LPM_TRIE: 11,
  DEVMAP: 14,
  QUEUE: 22,
  STACK: 23,
  RINGBUF: 27,
} as const;
export const PROG_TYPE = { SOCKET_FILTER: 1, KPROBE: 2, XDP: 6 } as const;
export const ATTACH_TYPE = { CGROUP_INET_INGRESS: 0, XDP: 37 } as const;

export const BPF_F_NO_PREALLOC = 1;
/** In map_flags, prog_flags and btf_flags: the token's descriptor counts. */
export const BPF_F_TOKEN_FD = 0x10000;
