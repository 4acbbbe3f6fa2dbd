import {
  BPF,
  BPF_F_NO_PREALLOC,
  bpfCall,
  btfLoad,
  GuestBuffer,
  MAP_TYPE,
  mapCreate,
  objInfo,
  objPath,
  PROG_TYPE,
  progLoad,
  scenario,
} from 'kconform';
import { BTF, XDP } from '../objects.ts';

const CLOSED = 900;
const nothing = new GuestBuffer(Buffer.alloc(8));
const FLAGS_OF_BTF = 3;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await root.mount('bpffs', '/mnt', 'bpf');
  const flagged = Buffer.from(BTF);
  flagged.writeUInt8(1, FLAGS_OF_BTF);
  const create = (process: typeof root) =>
    process.errnos({
      map: bpfCall(BPF.MAP_CREATE, mapCreate({ type: MAP_TYPE.ARRAY })),
      program: bpfCall(BPF.PROG_LOAD, progLoad({ type: PROG_TYPE.SOCKET_FILTER, instructions: XDP.instructions })),
      btf: bpfCall(BPF.BTF_LOAD, btfLoad(BTF)),
    });
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const setting = (await guest.readFile('/proc/sys/kernel/unprivileged_bpf_disabled')).trim();
  const disabled = await create(user);
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  return {
    unknownCommand: await root.errnos({
      firstOfTheFuture: bpfCall(99, nothing),
      thousand: bpfCall(1000, nothing),
      negative: bpfCall(-1, nothing),
    }),
    closed: await root.errnos({
      information: bpfCall(BPF.OBJ_GET_INFO_BY_FD, objInfo(CLOSED).attribute),
      pin: bpfCall(BPF.OBJ_PIN, objPath('/mnt/pin', CLOSED)),
    }),
    unnamedErrors: await root.errnos({
      lruWithoutPreallocation: bpfCall(
        BPF.MAP_CREATE,
        mapCreate({ type: MAP_TYPE.LRU_HASH, flags: BPF_F_NO_PREALLOC }),
      ),
      flagsOfBtf: bpfCall(BPF.BTF_LOAD, btfLoad(flagged)),
    }),
    unprivileged: { setting, disabled, enabled: await create(user), root: await create(root) },
  };
});
