import { bpf, GuestBuffer, instruction, scenario } from 'kconform';

/** linux/bpf.h, struct __sk_buff: the pointer to the socket. */
const SK = 168;

export default scenario(async ({ guest }) => {
  const load = async (width: 'byte' | 'double', offset: number) => {
    const log = new GuestBuffer(Buffer.alloc(8192), true);
    const instructions = instruction.sequence(
      instruction.load(width, 0, 1, offset),
      instruction.move(0, 0),
      instruction.exit(),
    );
    const attribute = bpf.progLoad({ type: bpf.PROG_TYPE.SCHED_CLS, instructions, log });
    const { calls, contents } = await guest.root.batch([bpf.call(bpf.CMD.PROG_LOAD, attribute)]);
    const text = contents.get(log)?.toString('latin1') ?? '';
    return { errno: calls[0]?.last.errno, invalidAccess: text.includes('invalid bpf_context access') };
  };
  return { whole: await load('double', SK), first: await load('byte', SK), second: await load('byte', SK + 1) };
});
