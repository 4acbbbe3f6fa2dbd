import { bpf, instruction, scenario } from 'kconform';

const LOOPBACK = 1;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const instructions = instruction.sequence(instruction.move(0, 0), instruction.exit());
  const type = bpf.ATTACH_TYPE.TCX_INGRESS;
  const program = await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ type: bpf.PROG_TYPE.SCHED_CLS, instructions }));
  const attached = await root.bpf(bpf.CMD.PROG_ATTACH, bpf.progAttach(program.fd, LOOPBACK, type));
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const detach = bpf.call(bpf.CMD.PROG_DETACH, bpf.progDetach(0, LOOPBACK, type));
  return {
    attached: attached.errno,
    byUser: (await user.errnos({ detach })).detach,
    byRoot: (await root.errnos({ detach })).detach,
  };
});
