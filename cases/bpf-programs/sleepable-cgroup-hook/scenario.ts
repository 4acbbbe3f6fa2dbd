import { bpf, instruction, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const attachBtfId = await bpf.kernelBtfId(root, 'bpf_lsm_file_open', bpf.BTF_KIND.FUNC);
  const load = (attachType: number, flags: number) =>
    bpf.call(
      bpf.CMD.PROG_LOAD,
      bpf.progLoad({
        type: bpf.PROG_TYPE.LSM,
        attachType,
        attachBtfId,
        flags,
        instructions: instruction.sequence(instruction.move(0, flags === 0 ? 1 : 0), instruction.exit()),
      }),
    );
  return root.errnos({
    hook: load(bpf.ATTACH_TYPE.LSM_MAC, bpf.F.SLEEPABLE),
    cgroup: load(bpf.ATTACH_TYPE.LSM_CGROUP, 0),
    sleepableCgroup: load(bpf.ATTACH_TYPE.LSM_CGROUP, bpf.F.SLEEPABLE),
  });
});
