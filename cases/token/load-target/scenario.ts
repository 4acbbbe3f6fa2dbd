import { bpf, instruction, scenario, syscall } from 'kconform';
import { BTF, CLOSED, FILTER, kernelBtf, withField, XDP } from '../objects.ts';

/** Offsets in union bpf_attr (linux/bpf.h). */
const DEVICE_AT = 64;
const TARGET_AT = 112;
const LOOPBACK = 1;
const NO_DEVICE = 9999;

const load = (program: bpf.ProgLoad, at: number, value: number) =>
  bpf.call(bpf.CMD.PROG_LOAD, withField(bpf.progLoad(program), at, value));

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const hook = {
    type: bpf.PROG_TYPE.LSM,
    attachType: bpf.ATTACH_TYPE.LSM_MAC,
    attachBtfId: await bpf.kernelBtfId(root, 'bpf_lsm_file_open', bpf.BTF_KIND.FUNC),
    instructions: instruction.sequence(instruction.move(0, 0), instruction.exit()),
  };
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF))).fd;
  const btfId = await bpf.objectId(root, btf, 'btf');
  const program = (await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(FILTER))).fd;
  const programId = await bpf.objectId(root, program, 'program');
  const kernel = await kernelBtf(root);
  return {
    device: await root.errnos({
      withoutOffload: load(XDP, DEVICE_AT, LOOPBACK),
      missing: load(XDP, DEVICE_AT, NO_DEVICE),
      otherType: load(FILTER, DEVICE_AT, LOOPBACK),
    }),
    hook: await root.errnos({
      byDefault: load(hook, TARGET_AT, 0),
      inKernelBtf: load(hook, TARGET_AT, kernel.number),
      withoutId: load({ ...hook, attachBtfId: 0 }, TARGET_AT, kernel.number),
      inOwnBtf: load(hook, TARGET_AT, btf.number),
      inProgram: load(hook, TARGET_AT, program.number),
      closed: load(hook, TARGET_AT, CLOSED),
    }),
    filter: await root.errnos({
      ofProgram: load(FILTER, TARGET_AT, program.number),
      ofKernelBtf: load({ ...FILTER, attachBtfId: hook.attachBtfId }, TARGET_AT, 0),
      closed: load(FILTER, TARGET_AT, CLOSED),
    }),
    // What was refused holds no reference: with its descriptor closed the target is released.
    released: await root.errnos({
      closeBtf: syscall('close', btf),
      btf: bpf.call(bpf.CMD.BTF_GET_FD_BY_ID, bpf.byId(btfId)),
      closeProgram: syscall('close', program),
      program: bpf.call(bpf.CMD.PROG_GET_FD_BY_ID, bpf.byId(programId)),
    }),
  };
});
