import { bpf, instruction, scenario } from 'kconform';

/** A division, with the offset that makes it signed if it is 1. */
function division(offset: number): Buffer {
  const bytes = Buffer.from(instruction.alu('div', 0, instruction.register(1)));
  bytes.writeInt16LE(offset, 2);
  return bytes;
}

export default scenario(async ({ guest }) => {
  const load = (offset: number) => {
    const instructions = instruction.sequence(
      instruction.move(0, 8),
      instruction.move(1, 2),
      division(offset),
      instruction.exit(),
    );
    return bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ type: bpf.PROG_TYPE.SOCKET_FILTER, instructions }));
  };
  return guest.root.errnos({ unsigned: load(0), signed: load(1), two: load(2), negative: load(-1) });
});
