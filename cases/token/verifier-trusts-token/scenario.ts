import { bpf, CAP, capabilities, instruction, scenario } from 'kconform';
import { delegate } from '../delegation.ts';
import { eachOf } from '../each.ts';
import { forkWith } from '../namespaces.ts';

const { call, copy, exit, move, sequence } = instruction;

const JIFFIES64 = 118;
const GET_CURRENT_TASK = 35;
const FRAME = 10;
const LOAD_DOUBLE_WORD = 0x79;
const SUBTRACT_IMMEDIATE = 0x17;
const JUMP_IF_NOT_EQUAL = 0x55;
const CALL_OF_FUNCTION = instruction.raw(0x85, 0, 1, 0, 1);
/** One more than BPF_MAXINSNS. */
const TOO_MANY = 4097;

/** Programs that the verifier takes from whoever it trusts, which depends on CAP_BPF or on CAP_PERFMON. */
const programs = {
  plain: sequence(move(0, 0), exit()),
  helperOfCapBpf: sequence(call(JIFFIES64), exit()),
  loop: sequence(
    move(0, 9),
    instruction.raw(SUBTRACT_IMMEDIATE, 0, 0, 0, 1),
    instruction.raw(JUMP_IF_NOT_EQUAL, 0, 0, -2, 0),
    exit(),
  ),
  function: sequence(CALL_OF_FUNCTION, exit(), move(0, 0), exit()),
  longest: sequence(...Array.from({ length: TOO_MANY - 1 }, () => move(0, 0)), exit()),
  helperOfCapPerfmon: sequence(call(GET_CURRENT_TASK), move(0, 0), exit()),
  leakOfPointer: sequence(copy(0, FRAME), exit()),
  unwrittenStack: sequence(instruction.raw(LOAD_DOUBLE_WORD, 0, FRAME, -8, 0), exit()),
};

export default scenario(async ({ guest }) => {
  // With the default, 2, who has no token may load nothing, and the verifier is never asked.
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  const { child, token } = await delegate(guest, {
    cmds: 'prog_load',
    progs: 'socket_filter:tracepoint',
    attachs: 'cgroup_inet_ingress',
  });
  const loaded = (process: typeof child, type: number, given?: number) =>
    process.errnos(
      eachOf(programs, (program) =>
        bpf.call(
          bpf.CMD.PROG_LOAD,
          bpf.progLoad({ type, instructions: program, ...(given === undefined ? {} : { token: given }) }),
        ),
      ),
    );
  const withoutPerfmon = await forkWith(child, capabilities(CAP.BPF));
  return {
    withoutToken: await loaded(child, bpf.PROG_TYPE.SOCKET_FILTER),
    withToken: await loaded(child, bpf.PROG_TYPE.SOCKET_FILTER, token.number),
    withoutPerfmon: await loaded(withoutPerfmon, bpf.PROG_TYPE.SOCKET_FILTER, token.number),
  };
});
