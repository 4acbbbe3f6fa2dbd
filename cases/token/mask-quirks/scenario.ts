import { bpf, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken } from '../delegation.ts';
import { allowedBy } from '../fdinfo.ts';
import { STACK, XDP } from '../objects.ts';

const TYPES = { maps: 'stack', progs: 'xdp', attachs: 'xdp' };

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  /** What a mount shows of its delegation, what the token says, and what it is good for. */
  const tokenOf = async (delegated: bpf.Delegated) => {
    const { directory, mount } = await bpf.delegateBpffs(guest.root, child, delegated);
    await child.moveMount(mount, '/mnt');
    const token = await createToken(child, directory);
    const mounts = (await child.readFile('/proc/self/mounts')).split('\n').findLast((line) => line.includes(' /mnt '));
    return {
      shown: /delegate_cmds=([^ ,]*)/.exec(mounts ?? '')?.[1] ?? 'nothing',
      allowed: (await allowedBy(child, token)).cmds,
      ...(await child.errnos({
        map: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, token })),
        program: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, token })),
      })),
    };
  };
  return {
    numberThenName: await tokenOf({ cmds: '0x20:map_create', ...TYPES }),
    nameThenNumber: await tokenOf({ cmds: 'map_create:0x20', ...TYPES }),
    anyThenNumber: await tokenOf({ cmds: 'any:0x20', ...TYPES }),
    unknownBit: await tokenOf({ cmds: '0x8000000000000000' }),
    unknownBitAndKnown: await tokenOf({ cmds: '0x8000000000000001', ...TYPES }),
  };
});
