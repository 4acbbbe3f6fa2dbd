import { eachOf, scenario } from 'kconform';
import { inALine, mountEach } from '../mounting.ts';

const ACCEPTED = [
  'delegate_cmds=prog_load',
  'delegate_cmds=PROG_LOAD',
  'delegate_cmds=MAP_create',
  'delegate_cmds=prog_load:MAP_CREATE',
  'delegate_maps=ARRAY:hash',
  'delegate_maps=unspec',
  'delegate_progs=kprobe',
  'delegate_progs=XDP:kprobe:socket_filter',
  'delegate_attachs=xdp',
  'delegate_attachs=XDP:cgroup_inet_ingress',
  'delegate_cmds=prog_load:prog_load',
  'delegate_cmds=any:prog_load',
  'delegate_cmds=prog_load:any',
  'delegate_cmds=0x1:prog_load',
  'delegate_cmds=0x1:any',
  'delegate_cmds=prog_run',
  'delegate_maps=cgroup_storage',
  'delegate_maps=percpu_cgroup_storage',
] as const;

const REFUSED = [
  'delegate_cmds=BPF_PROG_LOAD',
  'delegate_maps=BPF_MAP_TYPE_ARRAY',
  'delegate_maps=MAP_TYPE_ARRAY',
  'delegate_progs=BPF_PROG_TYPE_XDP',
  'delegate_attachs=BPF_XDP',
  'delegate_cmds=__MAX_BPF_CMD',
  'delegate_cmds=X_BPF_CMD',
  'delegate_maps=_TYPE',
  'delegate_progs=_TYPE',
  'delegate_attachs=X_BPF_ATTACH_TYPE',
  'delegate_cmds=perf_event_type',
  'delegate_attachs=link_type',
  'delegate_cmds=common_attrs',
  'delegate_cmds=xdp',
  'delegate_maps=prog_load',
  'delegate_progs=hash',
  'delegate_attachs=kprobe',
  'delegate_cmds=ANY',
  'delegate_cmds=bogus',
  'delegate_cmds=prog_load:bogus',
  'delegate_cmds=bogus:prog_load',
  'delegate_cmds=prog_load|map_create',
  'delegate_cmds=prog_loa',
  'delegate_cmds=prog_load:',
  'delegate_cmds=:prog_load',
  'delegate_cmds=:',
  'delegate_cmds=prog_load::map_create',
  'delegate_cmds=-1',
  'delegate_cmds= 0x1',
  'delegate_cmds=0x1 ',
  'delegate_cmds',
  'delegate_maps',
  'delegate_progs',
  'delegate_attachs',
  'delegate_cmds=',
] as const;

export default scenario(async ({ guest }) => {
  return {
    accepted: eachOf(await mountEach(guest.root, ACCEPTED), inALine),
    refused: eachOf(await mountEach(guest.root, REFUSED), inALine),
  };
});
