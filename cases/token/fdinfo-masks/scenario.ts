import { bpf, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken, EVERYTHING } from '../delegation.ts';
import { allowedBy, fdinfoText } from '../fdinfo.ts';

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const allowed = async (delegated: bpf.Delegated) => {
    const { directory } = await bpf.delegateBpffs(guest.root, child, delegated);
    return allowedBy(child, await createToken(child, directory));
  };

  const named = await bpf.delegateBpffs(guest.root, child, {
    cmds: 'map_create:prog_load:btf_load',
    maps: 'lpm_trie:devmap:queue:stack',
    progs: 'xdp',
    attachs: 'xdp',
  });
  const token = await createToken(child, named.directory);

  return {
    names: await allowedBy(child, token),
    text: (await fdinfoText(child, token)).replace(/[\s\S]*?(?=allowed)/, ''),
    any: await allowed(EVERYTHING),
    numbers: await allowed({ cmds: '0x1', maps: '0x2', progs: '0x4', attachs: '0x8' }),
    allOfLinux612: await allowed({
      cmds: '0x1fffffffff',
      maps: '0x3ffffffff',
      progs: '0x1ffffffff',
      attachs: '0x1ffffffffffffff',
    }),
    lowestLacking: await allowed({
      cmds: '0xfffffffffffffffe',
      maps: '0xfffffffffffffffe',
      progs: '0xfffffffffffffffe',
      attachs: '0xfffffffffffffffe',
    }),
    onlyCommands: await allowed({ cmds: 'any' }),
    onlyAttachments: await allowed({ attachs: 'any' }),
  };
});
