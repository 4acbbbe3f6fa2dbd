import { bpf, CAP, capabilities, eachOf, instruction, scenario } from 'kconform';
import { delegate } from '../delegation.ts';
import { forkWith } from '../namespaces.ts';

const { alu, call, callOwn, copy, exit, FRAME, jumpIf, load, move, sequence } = instruction;

const JIFFIES64 = 118;
const GET_CURRENT_TASK = 35;
/** One more than BPF_MAXINSNS. */
const TOO_MANY = 4097;

/** Programs that the verifier takes from whoever it trusts, which depends on CAP_BPF or on CAP_PERFMON. */
const programs = {
  plain: sequence(move(0, 0), exit()),
  helperOfCapBpf: sequence(call(JIFFIES64), exit()),
  loop: sequence(move(0, 9), alu('sub', 0, 1), jumpIf('ne', 0, 0, -2), exit()),
  function: sequence(callOwn(1), exit(), move(0, 0), exit()),
  longest: sequence(...Array.from({ length: TOO_MANY - 1 }, () => move(0, 0)), exit()),
  helperOfCapPerfmon: sequence(call(GET_CURRENT_TASK), move(0, 0), exit()),
  leakOfPointer: sequence(copy(0, FRAME), exit()),
  unwrittenStack: sequence(load('double', 0, FRAME, -8), exit()),
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
