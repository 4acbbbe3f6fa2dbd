import { byConfig, byVersion, expectation } from 'kconform';
import { commonAttrsShift } from '../common-attrs-shift.ts';
import { sinceDelegation } from '../since.ts';
import type scenario from './scenario.ts';

/** Without BTF there are no names: none can be given. Kernels before 6.10 knew numbers and any alone, those before 6.9 nothing. */
const names = (shown: string) =>
  byVersion({ '6.1': '', '6.9': 'EINVAL', '6.10': byConfig('DEBUG_INFO_BTF', shown, 'EINVAL') });
const noValue = (option: string) => sinceDelegation('', `EINVAL, bpf: Bad value for '${option}'`);
/** Refused without a word in the kernel's log, unlike a bad uid or mode. */
const SILENTLY = sinceDelegation('', 'EINVAL');

export default expectation<typeof scenario>({
  about:
    'a delegation option accepts names in either case and lists of names, and shows them in the order of their bits',
  commit: '6c1752e0b6ca',
  source: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
  versions: ['6.1'],
  behaviours: {
    'delegation/names': ['accepted'],
    'delegation/names-case': ['accepted', 'refused.delegate_cmds=ANY'],
    'delegation/names-list': ['accepted'],
    'delegation/names-shown': ['accepted'],
    'delegation/bit-order': ['accepted'],
    'delegation/aliases': [
      'accepted.delegate_cmds=prog_run',
      'accepted.delegate_maps=cgroup_storage',
      'accepted.delegate_maps=percpu_cgroup_storage',
    ],
    'delegation/number-then-name': ['accepted.delegate_cmds=0x1:prog_load', 'accepted.delegate_cmds=0x1:any'],
    'delegation/full-enumerator': [
      'refused.delegate_cmds=BPF_PROG_LOAD',
      'refused.delegate_maps=BPF_MAP_TYPE_ARRAY',
      'refused.delegate_maps=MAP_TYPE_ARRAY',
      'refused.delegate_progs=BPF_PROG_TYPE_XDP',
      'refused.delegate_attachs=BPF_XDP',
      'refused.delegate_cmds=__MAX_BPF_CMD',
    ],
    'delegation/names-refused': ['refused'],
    'delegation/no-message': ['refused'],
    'delegation/missing': [
      'refused.delegate_cmds',
      'refused.delegate_maps',
      'refused.delegate_progs',
      'refused.delegate_attachs',
      'refused.delegate_cmds=',
    ],
    'delegation/without-btf': ['accepted'],
  },
  outcome: {
    accepted: {
      'delegate_cmds=prog_load': names('delegate_cmds=prog_load'),
      'delegate_cmds=PROG_LOAD': names('delegate_cmds=prog_load'),
      'delegate_cmds=MAP_create': names('delegate_cmds=map_create'),
      'delegate_cmds=prog_load:MAP_CREATE': names('delegate_cmds=map_create:prog_load'),
      'delegate_maps=ARRAY:hash': names('delegate_maps=hash:array'),
      'delegate_maps=unspec': names('delegate_maps=unspec'),
      'delegate_progs=kprobe': names('delegate_progs=kprobe'),
      'delegate_progs=XDP:kprobe:socket_filter': names('delegate_progs=socket_filter:kprobe:xdp'),
      'delegate_attachs=xdp': names('delegate_attachs=xdp'),
      'delegate_attachs=XDP:cgroup_inet_ingress': names('delegate_attachs=cgroup_inet_ingress:xdp'),
      'delegate_cmds=prog_load:prog_load': names('delegate_cmds=prog_load'),
      'delegate_cmds=any:prog_load': names('delegate_cmds=any'),
      'delegate_cmds=prog_load:any': names('delegate_cmds=any'),
      'delegate_cmds=0x1:prog_load': names('delegate_cmds=map_create:prog_load'),
      'delegate_cmds=0x1:any': byVersion({ '6.1': '', '6.9': 'EINVAL', '6.10': 'delegate_cmds=any' }),
      'delegate_cmds=prog_run': names('delegate_cmds=prog_test_run'),
      'delegate_maps=cgroup_storage': names('delegate_maps=cgroup_storage_deprecated'),
      'delegate_maps=percpu_cgroup_storage': names('delegate_maps=percpu_cgroup_storage_deprecated'),
    },
    refused: {
      'delegate_cmds=BPF_PROG_LOAD': SILENTLY,
      'delegate_maps=BPF_MAP_TYPE_ARRAY': SILENTLY,
      'delegate_maps=MAP_TYPE_ARRAY': SILENTLY,
      'delegate_progs=BPF_PROG_TYPE_XDP': SILENTLY,
      'delegate_attachs=BPF_XDP': SILENTLY,
      'delegate_cmds=__MAX_BPF_CMD': SILENTLY,
      // What stands behind so many characters of the enumerators that are named otherwise: __MAX_BPF_CMD and the like.
      'delegate_cmds=X_BPF_CMD': SILENTLY,
      'delegate_maps=_TYPE': SILENTLY,
      'delegate_progs=_TYPE': SILENTLY,
      'delegate_attachs=X_BPF_ATTACH_TYPE': SILENTLY,
      // The types that follow in the BTF of the kernel are enum bpf_perf_event_type and enum bpf_link_type.
      'delegate_cmds=perf_event_type': SILENTLY,
      'delegate_attachs=link_type': SILENTLY,
      'delegate_cmds=common_attrs': SILENTLY,
      'delegate_cmds=xdp': SILENTLY,
      'delegate_maps=prog_load': SILENTLY,
      'delegate_progs=hash': SILENTLY,
      'delegate_attachs=kprobe': SILENTLY,
      'delegate_cmds=ANY': SILENTLY,
      'delegate_cmds=bogus': SILENTLY,
      'delegate_cmds=prog_load:bogus': SILENTLY,
      'delegate_cmds=bogus:prog_load': SILENTLY,
      'delegate_cmds=prog_load|map_create': SILENTLY,
      'delegate_cmds=prog_loa': SILENTLY,
      'delegate_cmds=prog_load:': SILENTLY,
      'delegate_cmds=:prog_load': SILENTLY,
      'delegate_cmds=:': SILENTLY,
      'delegate_cmds=prog_load::map_create': SILENTLY,
      'delegate_cmds=-1': SILENTLY,
      'delegate_cmds= 0x1': SILENTLY,
      'delegate_cmds=0x1 ': SILENTLY,
      delegate_cmds: noValue('delegate_cmds'),
      delegate_maps: noValue('delegate_maps'),
      delegate_progs: noValue('delegate_progs'),
      delegate_attachs: noValue('delegate_attachs'),
      'delegate_cmds=': noValue('delegate_cmds'),
    },
  },
  knownBugs: [commonAttrsShift({ 'refused.delegate_cmds=common_attrs': 'delegate_cmds=map_create' })],
});
