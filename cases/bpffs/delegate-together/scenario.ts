import { scenario } from 'kconform';
import { byName } from '../../calls.ts';
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

const SET_STRING = 1;
const CREATE = 6;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const mounted = await mountEach(root, OPTIONS);

  // Two mounts at once show each its own; a refused option leaves the context as it was.
  const context = (await root.fsopen('bpf')).fd;
  const steps = await root.errnos({
    accepted: { name: 'fsconfig', args: [context, SET_STRING, 'delegate_cmds', 'prog_load', 0] },
    refused: { name: 'fsconfig', args: [context, SET_STRING, 'delegate_cmds', 'map_create:bogus', 0] },
    created: { name: 'fsconfig', args: [context, CREATE, null, null, 0] },
    other: { name: 'mount', args: ['bpffs', '/tmp', 'bpf', 0, 'delegate_maps=hash'] },
  });
  const mount = await root.fsmount(context);
  await root.moveMount(mount.value, '/mnt');
  return {
    shown: byName(OPTIONS, (options) => inALine(mounted[options])),
    steps,
    afterRefusal: await guest.mountOptions('/mnt'),
    otherMount: await guest.mountOptions('/tmp'),
  };
});
