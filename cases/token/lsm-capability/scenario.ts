import { CAP, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { always, EPERM, Hook, ifArgument } from '../lsm.ts';
import { useToken } from '../objects.ts';

const CAPABILITY = 1;

export default scenario(async ({ guest }) => {
  const { child, token } = await delegate(guest, EVERYTHING);
  const hook = await Hook.named(guest, 'bpf_token_capable');
  const usedWhile = async (program: Buffer) => {
    const attached = await hook.attach(program);
    const used = { child: await useToken(child, token), initialRoot: await useToken(guest.root) };
    await attached.detach();
    return used;
  };
  const refused = (capability: bigint) => ifArgument(CAPABILITY, Number(capability), -EPERM);
  return {
    allAllowed: await usedWhile(always(0)),
    allRefused: await usedWhile(always(-EPERM)),
    bpfRefused: await usedWhile(refused(CAP.BPF)),
    netAdminRefused: await usedWhile(refused(CAP.NET_ADMIN)),
    otherRefused: await usedWhile(refused(CAP.CHOWN)),
  };
});
