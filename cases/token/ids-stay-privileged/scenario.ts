import {
  BPF,
  BPF_F_TOKEN_FD,
  bpfCall,
  btfLoad,
  byId,
  type Fd,
  GuestBuffer,
  type GuestProcess,
  mapCreate,
  objInfo,
  progLoad,
  scenario,
} from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { BTF, STACK, XDP } from '../objects.ts';

/** Where bpf_map_info and bpf_prog_info have the id, and where bpf_btf_info has it. */
const ID = 4;
const ID_OF_BTF = 12;

async function idOf(process: GuestProcess, fd: Fd, at = ID): Promise<number> {
  const { attribute, info } = objInfo(fd);
  const { contents } = await process.program([bpfCall(BPF.OBJ_GET_INFO_BY_FD, attribute)]);
  return contents.get(info)?.readUInt32LE(at) ?? 0;
}

/** For BPF_BTF_GET_FD_BY_ID of Linux 6.15: `u32 btf_id`, `u32 next_id`, `u32 open_flags`, `s32 fd_by_id_token_fd`. */
function byIdWithToken(id: number, token: number): GuestBuffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(id, 0);
  bytes.writeUInt32LE(BPF_F_TOKEN_FD, 8);
  bytes.writeInt32LE(token, 12);
  return new GuestBuffer(bytes);
}

export default scenario(async ({ guest }) => {
  const { child, token } = await delegate(guest, EVERYTHING);
  const map = await idOf(child, (await child.bpf(BPF.MAP_CREATE, mapCreate({ ...STACK, token }))).fdOrBad);
  const program = await idOf(child, (await child.bpf(BPF.PROG_LOAD, progLoad({ ...XDP, token }))).fdOrBad);
  const btf = await idOf(child, (await child.bpf(BPF.BTF_LOAD, btfLoad(BTF, token))).fdOrBad, ID_OF_BTF);
  const calls = () => ({
    map: bpfCall(BPF.MAP_GET_FD_BY_ID, byId(map)),
    program: bpfCall(BPF.PROG_GET_FD_BY_ID, byId(program)),
    btf: bpfCall(BPF.BTF_GET_FD_BY_ID, byId(btf)),
    nextMap: bpfCall(BPF.MAP_GET_NEXT_ID, byId(0)),
    nextProgram: bpfCall(BPF.PROG_GET_NEXT_ID, byId(0)),
    nextBtf: bpfCall(BPF.BTF_GET_NEXT_ID, byId(0)),
  });
  return {
    child: await child.errnos(calls()),
    initialRoot: await guest.root.errnos(calls()),
    btfWithToken: (await child.bpf(BPF.BTF_GET_FD_BY_ID, byIdWithToken(btf, token.number))).errno,
  };
});
