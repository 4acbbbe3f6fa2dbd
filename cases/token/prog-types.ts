import { bpf, eachOf, instruction } from 'kconform';

const program = instruction.sequence(instruction.move(0, 0), instruction.exit());

const plain = (type: number, attachType = 0) => ({ type, attachType, instructions: program });

/**
 * The smallest program of each type that published kernels have. Those for a function of the kernel, of another program or for
 * a structure of operations do not say for which, and end as told in `untargeted`.
 */
export const programs = {
  socket_filter: plain(bpf.PROG_TYPE.SOCKET_FILTER),
  kprobe: plain(bpf.PROG_TYPE.KPROBE),
  sched_cls: plain(bpf.PROG_TYPE.SCHED_CLS),
  sched_act: plain(bpf.PROG_TYPE.SCHED_ACT),
  tracepoint: plain(bpf.PROG_TYPE.TRACEPOINT),
  xdp: plain(bpf.PROG_TYPE.XDP, bpf.ATTACH_TYPE.XDP),
  perf_event: plain(bpf.PROG_TYPE.PERF_EVENT),
  cgroup_skb: plain(bpf.PROG_TYPE.CGROUP_SKB),
  cgroup_sock: plain(bpf.PROG_TYPE.CGROUP_SOCK, bpf.ATTACH_TYPE.CGROUP_INET_SOCK_CREATE),
  lwt_in: plain(bpf.PROG_TYPE.LWT_IN),
  lwt_out: plain(bpf.PROG_TYPE.LWT_OUT),
  lwt_xmit: plain(bpf.PROG_TYPE.LWT_XMIT),
  sock_ops: plain(bpf.PROG_TYPE.SOCK_OPS, bpf.ATTACH_TYPE.CGROUP_SOCK_OPS),
  sk_skb: plain(bpf.PROG_TYPE.SK_SKB),
  cgroup_device: plain(bpf.PROG_TYPE.CGROUP_DEVICE, bpf.ATTACH_TYPE.CGROUP_DEVICE),
  sk_msg: plain(bpf.PROG_TYPE.SK_MSG, bpf.ATTACH_TYPE.SK_MSG_VERDICT),
  raw_tracepoint: plain(bpf.PROG_TYPE.RAW_TRACEPOINT),
  cgroup_sock_addr: plain(bpf.PROG_TYPE.CGROUP_SOCK_ADDR, bpf.ATTACH_TYPE.CGROUP_INET4_BIND),
  lwt_seg6local: plain(bpf.PROG_TYPE.LWT_SEG6LOCAL),
  sk_reuseport: plain(bpf.PROG_TYPE.SK_REUSEPORT, bpf.ATTACH_TYPE.SK_REUSEPORT_SELECT),
  flow_dissector: plain(bpf.PROG_TYPE.FLOW_DISSECTOR, bpf.ATTACH_TYPE.FLOW_DISSECTOR),
  cgroup_sysctl: plain(bpf.PROG_TYPE.CGROUP_SYSCTL, bpf.ATTACH_TYPE.CGROUP_SYSCTL),
  raw_tracepoint_writable: plain(bpf.PROG_TYPE.RAW_TRACEPOINT_WRITABLE),
  cgroup_sockopt: plain(bpf.PROG_TYPE.CGROUP_SOCKOPT, bpf.ATTACH_TYPE.CGROUP_GETSOCKOPT),
  tracing: plain(bpf.PROG_TYPE.TRACING, bpf.ATTACH_TYPE.TRACE_FENTRY),
  struct_ops: plain(bpf.PROG_TYPE.STRUCT_OPS),
  ext: plain(bpf.PROG_TYPE.EXT),
  lsm: plain(bpf.PROG_TYPE.LSM, bpf.ATTACH_TYPE.LSM_MAC),
  sk_lookup: plain(bpf.PROG_TYPE.SK_LOOKUP, bpf.ATTACH_TYPE.SK_LOOKUP),
  syscall: { ...plain(bpf.PROG_TYPE.SYSCALL), flags: bpf.F.SLEEPABLE },
  netfilter: plain(bpf.PROG_TYPE.NETFILTER, bpf.ATTACH_TYPE.NETFILTER),
} as const satisfies Record<string, bpf.ProgLoad>;

/** What published kernels have and the types above need. */
export const CONFIG_OF_ALL_TYPES = [
  'BPF_EVENTS',
  'BPF_JIT',
  'BPF_LSM',
  'CGROUP_BPF',
  'DEBUG_INFO_BTF',
  'INET',
  'IPV6_SEG6_LWTUNNEL',
  'LWTUNNEL_BPF',
  'NET',
  'NETFILTER_BPF_LINK',
  'USER_NS',
];

type Name = keyof typeof programs;

/** How loading ends once every question of privilege is answered, for those that lack their target: not with a program. */
const untargeted: Partial<Record<Name, 'EINVAL' | 'ENOTSUPP'>> = {
  tracing: 'EINVAL',
  struct_ops: 'ENOTSUPP',
  ext: 'EINVAL',
  lsm: 'EINVAL',
};

/** Expected of each type, by something known of each: the end that it has where it is allowed, EPERM where it is not. */
export function endsOfLoading<T>(known: Readonly<Record<Name, T>>, isAllowed: (known: T) => boolean) {
  return eachOf(known, (member, name) => (isAllowed(member) ? (untargeted[name] ?? null) : 'EPERM'));
}
