import { bpf, SUBORDINATE_IDS, scenario } from 'kconform';
import { EVERYTHING } from '../delegation.ts';
import { always, EPERM, Hook, ifArgument } from '../lsm.ts';
import { useToken } from '../objects.ts';

const COMMAND = 1;

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  const hook = await Hook.named(guest, 'bpf_token_cmd');
  const usedWhile = async (program: Buffer) => {
    const attached = await hook.attach(program);
    const token = await child.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory));
    const used = { create: token.errno, ...(await useToken(child, token.value)) };
    await attached.detach();
    return used;
  };
  const refused = (command: number) => ifArgument(COMMAND, command, -EPERM);
  return {
    allAllowed: await usedWhile(always(0)),
    allRefused: await usedWhile(always(-EPERM)),
    mapRefused: await usedWhile(refused(bpf.CMD.MAP_CREATE)),
    programRefused: await usedWhile(refused(bpf.CMD.PROG_LOAD)),
    btfRefused: await usedWhile(refused(bpf.CMD.BTF_LOAD)),
    otherRefused: await usedWhile(refused(bpf.CMD.OBJ_PIN)),
  };
});
