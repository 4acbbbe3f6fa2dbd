import { ATTACH_TYPE, BPF_F_SLEEPABLE, exit, instructions, move, PROG_TYPE, type ProgLoad } from 'kconform';
import { eachOf } from './each.ts';

const program = instructions(move(0, 0), exit());

const plain = (type: number, attachType = 0) => ({ type, attachType, instructions: program });

/**
 * The smallest program of each type that published kernels have. Those for a function of the kernel, of another program or for
 * a structure of operations do not say for which, and end as told in `untargeted`.
 */
export const programs = {
  socket_filter: plain(PROG_TYPE.SOCKET_FILTER),
  kprobe: plain(PROG_TYPE.KPROBE),
  sched_cls: plain(PROG_TYPE.SCHED_CLS),
  sched_act: plain(PROG_TYPE.SCHED_ACT),
  tracepoint: plain(PROG_TYPE.TRACEPOINT),
  xdp: plain(PROG_TYPE.XDP, ATTACH_TYPE.XDP),
  perf_event: plain(PROG_TYPE.PERF_EVENT),
  cgroup_skb: plain(PROG_TYPE.CGROUP_SKB),
  cgroup_sock: plain(PROG_TYPE.CGROUP_SOCK, ATTACH_TYPE.CGROUP_INET_SOCK_CREATE),
  lwt_in: plain(PROG_TYPE.LWT_IN),
  lwt_out: plain(PROG_TYPE.LWT_OUT),
  lwt_xmit: plain(PROG_TYPE.LWT_XMIT),
  sock_ops: plain(PROG_TYPE.SOCK_OPS, ATTACH_TYPE.CGROUP_SOCK_OPS),
  sk_skb: plain(PROG_TYPE.SK_SKB),
  cgroup_device: plain(PROG_TYPE.CGROUP_DEVICE, ATTACH_TYPE.CGROUP_DEVICE),
  sk_msg: plain(PROG_TYPE.SK_MSG, ATTACH_TYPE.SK_MSG_VERDICT),
  raw_tracepoint: plain(PROG_TYPE.RAW_TRACEPOINT),
  cgroup_sock_addr: plain(PROG_TYPE.CGROUP_SOCK_ADDR, ATTACH_TYPE.CGROUP_INET4_BIND),
  lwt_seg6local: plain(PROG_TYPE.LWT_SEG6LOCAL),
  sk_reuseport: plain(PROG_TYPE.SK_REUSEPORT, ATTACH_TYPE.SK_REUSEPORT_SELECT),
  flow_dissector: plain(PROG_TYPE.FLOW_DISSECTOR, ATTACH_TYPE.FLOW_DISSECTOR),
  cgroup_sysctl: plain(PROG_TYPE.CGROUP_SYSCTL, ATTACH_TYPE.CGROUP_SYSCTL),
  raw_tracepoint_writable: plain(PROG_TYPE.RAW_TRACEPOINT_WRITABLE),
  cgroup_sockopt: plain(PROG_TYPE.CGROUP_SOCKOPT, ATTACH_TYPE.CGROUP_GETSOCKOPT),
  tracing: plain(PROG_TYPE.TRACING, ATTACH_TYPE.TRACE_FENTRY),
  struct_ops: plain(PROG_TYPE.STRUCT_OPS),
  ext: plain(PROG_TYPE.EXT),
  lsm: plain(PROG_TYPE.LSM, ATTACH_TYPE.LSM_MAC),
  sk_lookup: plain(PROG_TYPE.SK_LOOKUP, ATTACH_TYPE.SK_LOOKUP),
  syscall: { ...plain(PROG_TYPE.SYSCALL), flags: BPF_F_SLEEPABLE },
  netfilter: plain(PROG_TYPE.NETFILTER, ATTACH_TYPE.NETFILTER),
} as const satisfies Record<string, ProgLoad>;

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
