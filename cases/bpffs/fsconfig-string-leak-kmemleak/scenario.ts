import { type Call, eachInTurn, FSCONFIG, ResultOf, scenario, syscall } from 'kconform';

/** kmemleak overlooks a few objects, to which a stale pointer still leads: hence more than one of each. */
const TIMES = 50;

const VALUES = {
  any: ['delegate_cmds', 'any'],
  number: ['delegate_maps', '0x1'],
  names: ['delegate_progs', 'kprobe:xdp'],
  refused: ['delegate_attachs', 'bogus'],
  refusedLast: ['delegate_cmds', 'prog_load:bogus'],
  owner: ['uid', '1000'],
} as const;

/** The harness looks for leaks when the scenario is over. */
export default scenario(async ({ guest }) => {
  const { root } = guest;
  /** The error of one of the calls, from how many rounds. */
  const repeated = async (calls: readonly Call[], looked: number) => {
    const { iterations, calls: summaries } = await root.repeat(TIMES, calls);
    const { failures = -1, firstError = null } = summaries[looked] ?? {};
    return { iterations, failures, errno: firstError };
  };
  return {
    fsconfig: await eachInTurn(VALUES, ([option, value]) => {
      const set = syscall('fsconfig', new ResultOf(0), FSCONFIG.SET_STRING, option, value, 0);
      return repeated([syscall('fsopen', 'bpf', 0), set, syscall('close', new ResultOf(0))], 1);
    }),
    mount: await eachInTurn(VALUES, ([option, value]) => {
      const mounted = syscall('mount', 'bpffs', '/mnt', 'bpf', 0, `${option}=${value}`);
      return repeated([mounted, syscall('umount2', '/mnt', 0)], 0);
    }),
  };
});
