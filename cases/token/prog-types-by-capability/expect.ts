import { expectation } from 'kconform';
import { CONFIG_OF_ALL_TYPES, endsOfLoading } from '../prog-types.ts';
import type scenario from './scenario.ts';

type Capability = 'bpf' | 'netAdmin' | 'perfmon';

/** What a type asks for beside the token, where unprivileged bpf is allowed. */
const ASKED: Readonly<Record<keyof Awaited<ReturnType<typeof scenario.run>>['bpf'], readonly Capability[]>> = {
  socket_filter: [],
  kprobe: ['bpf', 'perfmon'],
  sched_cls: ['bpf', 'netAdmin'],
  sched_act: ['bpf', 'netAdmin'],
  tracepoint: ['bpf', 'perfmon'],
  xdp: ['bpf', 'netAdmin'],
  perf_event: ['bpf', 'perfmon'],
  cgroup_skb: [],
  cgroup_sock: ['bpf', 'netAdmin'],
  lwt_in: ['bpf', 'netAdmin'],
  lwt_out: ['bpf', 'netAdmin'],
  lwt_xmit: ['bpf', 'netAdmin'],
  sock_ops: ['bpf', 'netAdmin'],
  sk_skb: ['bpf', 'netAdmin'],
  cgroup_device: ['bpf', 'netAdmin'],
  sk_msg: ['bpf', 'netAdmin'],
  raw_tracepoint: ['bpf', 'perfmon'],
  cgroup_sock_addr: ['bpf', 'netAdmin'],
  lwt_seg6local: ['bpf', 'netAdmin'],
  sk_reuseport: ['bpf'],
  flow_dissector: ['bpf', 'netAdmin'],
  cgroup_sysctl: ['bpf', 'netAdmin'],
  raw_tracepoint_writable: ['bpf', 'perfmon'],
  cgroup_sockopt: ['bpf', 'netAdmin'],
  tracing: ['bpf', 'perfmon'],
  struct_ops: ['bpf', 'perfmon'],
  ext: ['bpf', 'netAdmin', 'perfmon'],
  lsm: ['bpf', 'perfmon'],
  sk_lookup: ['bpf'],
  syscall: ['bpf'],
  netfilter: ['bpf', 'netAdmin'],
};

const loadedWith = (...held: readonly Capability[]) =>
  endsOfLoading(ASKED, (asked) => asked.every((capability) => held.includes(capability)));

export default expectation<typeof scenario>({
  about:
    'with a token, the capabilities that a program type requires are checked in the user namespace; CAP_SYS_ADMIN includes all',
  commit: 'caf8f28e036c',
  source: 'https://git.kernel.org/torvalds/c/caf8f28e036c',
  versions: ['6.9'],
  needs: { config: CONFIG_OF_ALL_TYPES },
  behaviours: {
    'token-program/delegated': ['both'],
    'token-program/network-program': ['perfmon'],
    'token-program/tracing-program': ['netAdmin'],
    'scope/capability-in-userns': ['nothing', 'bpf', 'withoutBpf', 'sysAdmin'],
  },
  outcome: {
    nothing: loadedWith(),
    bpf: loadedWith('bpf'),
    netAdmin: loadedWith('bpf', 'netAdmin'),
    perfmon: loadedWith('bpf', 'perfmon'),
    withoutBpf: loadedWith('netAdmin', 'perfmon'),
    both: loadedWith('bpf', 'netAdmin', 'perfmon'),
    sysAdmin: endsOfLoading(ASKED, () => true),
  },
});
