import { bpf, CAP, capabilities, eachOf, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { forkWith, NO_CAPABILITIES } from '../namespaces.ts';
import { programs } from '../prog-types.ts';

export default scenario(async ({ guest }) => {
  // With the default, 2, every type needs CAP_BPF.
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  const { child, token } = await delegate(guest, EVERYTHING);
  const loadedWith = async (kept: bigint) => {
    const process = await forkWith(child, kept);
    return process.errnos(
      eachOf(programs, (program) => bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...program, token: token.number }))),
    );
  };
  return {
    nothing: await loadedWith(NO_CAPABILITIES),
    bpf: await loadedWith(capabilities(CAP.BPF)),
    netAdmin: await loadedWith(capabilities(CAP.BPF, CAP.NET_ADMIN)),
    perfmon: await loadedWith(capabilities(CAP.BPF, CAP.PERFMON)),
    withoutBpf: await loadedWith(capabilities(CAP.NET_ADMIN, CAP.PERFMON)),
    both: await loadedWith(capabilities(CAP.BPF, CAP.NET_ADMIN, CAP.PERFMON)),
    sysAdmin: await loadedWith(capabilities(CAP.SYS_ADMIN)),
  };
});
