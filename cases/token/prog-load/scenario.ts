import { bpf, type Descriptor, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken, ownToken } from '../delegation.ts';
import { CLOSED, FLAGS_AT, UNKNOWN_FLAG, withField, XDP } from '../objects.ts';

const UNKNOWN = 99;

const load = (program: bpf.ProgLoad) => bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad(program));
const loadWithFlags = (program: bpf.ProgLoad, flags: number) =>
  bpf.call(bpf.CMD.PROG_LOAD, withField(bpf.progLoad(program), FLAGS_AT.program, flags));

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const delegated = { cmds: 'prog_load', progs: 'xdp', attachs: 'xdp' };
  const { directory } = await bpf.delegateBpffs(guest.root, child, delegated);
  const token = await createToken(child, directory);
  const using = (fd: Descriptor) => load({ ...XDP, token: fd });
  const program = (await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, token }))).fdOrBad;
  const without = async (what: object) => using(await ownToken(guest, child, { ...delegated, ...what }));

  const atRoot = await guest.root.receive(token);
  return {
    token: await child.errnos({
      delegated: using(token),
      attachTypeNotDelegated: load({ ...XDP, attachType: 0, token }),
      typeNotDelegated: load({ ...XDP, type: bpf.PROG_TYPE.SK_LOOKUP, token }),
      commandNotDelegated: await without({ cmds: '0xffffffffffffffdf' }),
      noTypes: await without({ progs: '0' }),
      noAttachTypes: await without({ attachs: '0' }),
      unknownType: load({ ...XDP, type: UNKNOWN, token }),
      unknownAttachType: load({ ...XDP, attachType: UNKNOWN, token }),
      none: load(XDP),
      withoutFlag: loadWithFlags({ ...XDP, token }, 0),
      closed: using(CLOSED),
      negative: using(-1),
      directory: using(directory),
      program: using(program),
    }),
    flagsFirst: await child.errnos({
      unknown: loadWithFlags({ ...XDP, token: CLOSED }, bpf.F.TOKEN_FD | UNKNOWN_FLAG),
      known: using(CLOSED),
    }),
    initialRoot: await guest.root.errnos({
      delegated: load({ ...XDP, token: atRoot }),
      typeNotDelegated: load({ ...XDP, type: bpf.PROG_TYPE.SOCKET_FILTER, token: atRoot }),
      unknownType: load({ ...XDP, type: UNKNOWN, token: atRoot }),
      closed: load({ ...XDP, token: CLOSED }),
    }),
  };
});
