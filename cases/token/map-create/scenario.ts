import { bpf, CAP, capabilities, type Descriptor, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken, ownToken } from '../delegation.ts';
import { allBut, forkWith, NO_CAPABILITIES } from '../namespaces.ts';
import { CLOSED, FLAGS_AT, STACK, UNKNOWN_FLAG, withField } from '../objects.ts';

const MAP_FLAGS_IN_INFO = 20;

const create = (map: bpf.MapCreate) => bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate(map));
const createWithFlags = (map: bpf.MapCreate, flags: number) =>
  bpf.call(bpf.CMD.MAP_CREATE, withField(bpf.mapCreate(map), FLAGS_AT.map, flags));

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, { cmds: 'map_create', maps: 'stack' });
  const token = await createToken(child, directory);
  const using = (fd: Descriptor) => create({ ...STACK, token: fd });
  const otherCommands = await ownToken(guest, child, { cmds: '0xfffffffffffffffe', maps: 'any' });
  const noCommands = await ownToken(guest, child, { maps: 'any' });
  const noMaps = await ownToken(guest, child, { cmds: 'map_create' });
  const as = async (kept: bigint) =>
    (await (await forkWith(child, kept)).bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, token: token.number })))
      .errno;

  const map = (await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, token }))).fdOrBad;
  const { attribute, info } = bpf.objInfo(map);
  const { contents } = await child.batch([bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, attribute)]);

  const atRoot = await guest.root.receive(token);
  return {
    token: await child.errnos({
      delegated: using(token),
      typeNotDelegated: create({ type: bpf.MAP_TYPE.QUEUE, keySize: 0, token }),
      commandNotDelegated: using(otherCommands),
      noCommands: using(noCommands),
      noMaps: using(noMaps),
      none: create(STACK),
      withoutFlag: createWithFlags({ ...STACK, token }, 0),
      closed: using(CLOSED),
      negative: using(-1),
      directory: using(directory),
      map: using(map),
    }),
    capabilities: {
      onlyBpf: await as(capabilities(CAP.BPF)),
      onlySysAdmin: await as(capabilities(CAP.SYS_ADMIN)),
      allButBoth: await as(allBut(CAP.BPF, CAP.SYS_ADMIN)),
      none: await as(NO_CAPABILITIES),
    },
    mapFirst: await child.errnos({
      keyOfStack: create({ ...STACK, keySize: 4, token: CLOSED }),
      unknownFlag: createWithFlags({ ...STACK, token: CLOSED }, bpf.F.TOKEN_FD | UNKNOWN_FLAG),
      unknownType: create({ ...STACK, type: 99, token: CLOSED }),
      rightMap: using(CLOSED),
    }),
    flagsInInfo: contents.get(info)?.readUInt32LE(MAP_FLAGS_IN_INFO) ?? -1,
    initialRoot: await guest.root.errnos({
      delegated: create({ ...STACK, token: atRoot }),
      typeNotDelegated: create({ type: bpf.MAP_TYPE.QUEUE, keySize: 0, token: atRoot }),
      closed: create({ ...STACK, token: CLOSED }),
    }),
  };
});
