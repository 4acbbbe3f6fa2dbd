import { bpf, GuestBuffer, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { BTF, STACK, XDP } from '../objects.ts';

/** For BPF_BTF_GET_FD_BY_ID of Linux 6.15: `u32 btf_id`, `u32 next_id`, `u32 open_flags`, `s32 fd_by_id_token_fd`. */
function byIdWithToken(id: number, token: number): GuestBuffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(id, 0);
  bytes.writeUInt32LE(bpf.F.TOKEN_FD, 8);
  bytes.writeInt32LE(token, 12);
  return new GuestBuffer(bytes);
}

export default scenario(async ({ guest }) => {
  const { child, token } = await delegate(guest, EVERYTHING);
  const map = await bpf.objectId(
    child,
    (await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, token }))).fdOrBad,
    'map',
  );
  const program = await bpf.objectId(
    child,
    (await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, token }))).fdOrBad,
    'program',
  );
  const btf = await bpf.objectId(child, (await child.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF, token))).fdOrBad, 'btf');
  const calls = () => ({
    map: bpf.call(bpf.CMD.MAP_GET_FD_BY_ID, bpf.byId(map)),
    program: bpf.call(bpf.CMD.PROG_GET_FD_BY_ID, bpf.byId(program)),
    btf: bpf.call(bpf.CMD.BTF_GET_FD_BY_ID, bpf.byId(btf)),
    nextMap: bpf.call(bpf.CMD.MAP_GET_NEXT_ID, bpf.byId(0)),
    nextProgram: bpf.call(bpf.CMD.PROG_GET_NEXT_ID, bpf.byId(0)),
    nextBtf: bpf.call(bpf.CMD.BTF_GET_NEXT_ID, bpf.byId(0)),
  });
  return {
    child: await child.errnos(calls()),
    initialRoot: await guest.root.errnos(calls()),
    btfWithToken: (await child.bpf(bpf.CMD.BTF_GET_FD_BY_ID, byIdWithToken(btf, token.number))).errno,
  };
});
