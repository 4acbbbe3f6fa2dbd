import { bpf, GuestBuffer, instruction, scenario } from 'kconform';

/** struct bpf_prog_info (linux/bpf.h) ends with 4 bytes of padding. */
const SIZE = 232;
const PADDING = 228;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const instructions = instruction.sequence(instruction.move(0, 0), instruction.exit());
  const program = await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ type: bpf.PROG_TYPE.SOCKET_FILTER, instructions }));
  const ask = (byteAt: number | null) => {
    const info = Buffer.alloc(SIZE + 8);
    if (byteAt !== null) info.writeUInt8(1, byteAt);
    const attribute = new GuestBuffer(Buffer.alloc(16));
    attribute.bytes.writeInt32LE(program.fd.number, 0);
    attribute.bytes.writeUInt32LE(info.length, 4);
    attribute.pointers.set(8, new GuestBuffer(info, true));
    return bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, attribute);
  };
  return root.errnos({ zeros: ask(null), afterTheEnd: ask(SIZE), inThePadding: ask(PADDING) });
});
