import { eachOf, FSCONFIG, scenario, syscall } from 'kconform';
import { inALine, mountEach } from '../mounting.ts';

const OPTIONS = [
  '',
  'delegate_cmds=prog_load:MAP_CREATE,delegate_progs=kprobe,delegate_attachs=xdp',
  'delegate_attachs=xdp,delegate_progs=xdp,delegate_maps=hash,delegate_cmds=prog_load,mode=0711,gid=6,uid=5',
  'delegate_maps=0x1,delegate_maps=0x2',
  'delegate_maps=hash,delegate_maps=0',
  'delegate_cmds=any,delegate_cmds=map_create',
  'delegate_progs=xdp,delegate_attachs=xdp,delegate_progs=kprobe',
  'delegate_cmds=map_create,delegate_maps=bogus',
] as const;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const mounted = await mountEach(root, OPTIONS);

  // Two mounts at once show each its own; a refused option leaves the context as it was.
  const context = (await root.fsopen('bpf')).fd;
  const steps = await root.errnos({
    accepted: syscall('fsconfig', context, FSCONFIG.SET_STRING, 'delegate_cmds', 'prog_load', 0),
    refused: syscall('fsconfig', context, FSCONFIG.SET_STRING, 'delegate_cmds', 'map_create:bogus', 0),
    created: syscall('fsconfig', context, FSCONFIG.CMD_CREATE, null, null, 0),
    other: syscall('mount', 'bpffs', '/tmp', 'bpf', 0, 'delegate_maps=hash'),
  });
  const mount = await root.fsmount(context);
  await root.moveMount(mount.value, '/mnt');
  return {
    shown: eachOf(mounted, inALine),
    steps,
    afterRefusal: await guest.mountOptions('/mnt'),
    otherMount: await guest.mountOptions('/tmp'),
  };
});
