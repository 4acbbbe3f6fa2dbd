import { bpf, GuestBuffer, scenario } from 'kconform';
import { BTF, CLOSED, XDP } from '../objects.ts';

const nothing = new GuestBuffer(Buffer.alloc(8));
const FLAGS_OF_BTF = 3;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await root.mount('bpffs', '/mnt', 'bpf');
  const flagged = Buffer.from(BTF);
  flagged.writeUInt8(1, FLAGS_OF_BTF);
  const create = (process: typeof root) =>
    process.errnos({
      map: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY })),
      program: bpf.call(
        bpf.CMD.PROG_LOAD,
        bpf.progLoad({ type: bpf.PROG_TYPE.SOCKET_FILTER, instructions: XDP.instructions }),
      ),
      btf: bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF)),
    });
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const setting = (await guest.readFile('/proc/sys/kernel/unprivileged_bpf_disabled')).trim();
  const disabled = await create(user);
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  return {
    unknownCommand: await root.errnos({
      firstOfTheFuture: bpf.call(99, nothing),
      thousand: bpf.call(1000, nothing),
      negative: bpf.call(-1, nothing),
    }),
    closed: await root.errnos({
      information: bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, bpf.objInfo(CLOSED).attribute),
      pin: bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/pin', CLOSED)),
    }),
    unnamedErrors: await root.errnos({
      lruWithoutPreallocation: bpf.call(
        bpf.CMD.MAP_CREATE,
        bpf.mapCreate({ type: bpf.MAP_TYPE.LRU_HASH, flags: bpf.F.NO_PREALLOC }),
      ),
      flagsOfBtf: bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(flagged)),
    }),
    unprivileged: { setting, disabled, enabled: await create(user), root: await create(root) },
  };
});
