import { bpf, CAP, capabilities, type Descriptor, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken, ownToken } from '../delegation.ts';
import { allBut, forkWith, NO_CAPABILITIES } from '../namespaces.ts';
import { BTF, CLOSED, FLAGS_AT, withField } from '../objects.ts';

const NO_BTF = Buffer.alloc(24);
const ALL_BUT_BTF_LOAD = '0xfffffffffffbffff';

const load = (token?: Descriptor, btf = BTF) => bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(btf, token));
const loadWithFlags = (token: Descriptor, flags: number) =>
  bpf.call(bpf.CMD.BTF_LOAD, withField(bpf.btfLoad(BTF, token), FLAGS_AT.btf, flags));

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, { cmds: 'btf_load' });
  const token = await createToken(child, directory);
  const otherCommands = await ownToken(guest, child, { cmds: ALL_BUT_BTF_LOAD });
  const btf = (await child.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF, token))).fdOrBad;
  const as = async (kept: bigint) =>
    (await (await forkWith(child, kept)).bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF, token.number))).errno;
  const atRoot = await guest.root.receive(otherCommands);
  return {
    token: await child.errnos({
      delegated: load(token),
      commandNotDelegated: load(otherCommands),
      none: load(),
      withoutFlag: loadWithFlags(token, 0),
      closed: load(CLOSED),
      negative: load(-1),
      directory: load(directory),
      btf: load(btf),
    }),
    flags: await child.errnos({
      lowest: loadWithFlags(token, 1),
      tokenFdAndLowest: loadWithFlags(token, bpf.F.TOKEN_FD | 1),
      nextAfterTokenFd: loadWithFlags(CLOSED, bpf.F.TOKEN_FD << 1),
    }),
    capabilities: {
      onlyBpf: await as(capabilities(CAP.BPF)),
      onlySysAdmin: await as(capabilities(CAP.SYS_ADMIN)),
      allButBoth: await as(allBut(CAP.BPF, CAP.SYS_ADMIN)),
      none: await as(NO_CAPABILITIES),
    },
    noBtf: await child.errnos({ permitted: load(token, NO_BTF), notPermitted: load(otherCommands, NO_BTF) }),
    initialRoot: await guest.root.errnos({ commandNotDelegated: load(atRoot), closed: load(CLOSED) }),
  };
});
