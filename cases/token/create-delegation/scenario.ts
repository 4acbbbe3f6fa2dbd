import { bpf, SUBORDINATE_IDS, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const created = async (delegated: bpf.Delegated) => {
    const { directory } = await bpf.delegateBpffs(guest.root, child, delegated);
    return (await child.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))).errno;
  };
  return {
    nothing: await created({}),
    zeros: await created({ cmds: '0', maps: '0', progs: '0', attachs: '0' }),
    commands: await created({ cmds: 'map_create' }),
    maps: await created({ maps: 'hash' }),
    programs: await created({ progs: 'xdp' }),
    attachments: await created({ attachs: 'xdp' }),
  };
});
