import { bpf, CAP, type GuestProcess, instruction, O, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { allBut, forkWith } from '../namespaces.ts';

/** Lets every packet through. */
const accept = {
  type: bpf.PROG_TYPE.CGROUP_SKB,
  instructions: instruction.sequence(instruction.move(0, 1), instruction.exit()),
};

export default scenario(async ({ guest }) => {
  await guest.$`mkdir /sys/fs/cgroup/attached`;
  const { child, token } = await delegate(guest, EVERYTHING);
  const cgroup = (await child.open('/sys/fs/cgroup/attached', O.DIRECTORY)).fd.number;
  const withToken = (await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...accept, token }))).fdOrBad.number;
  const withoutToken = await child.receive((await guest.root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(accept))).fd);
  const attach = (process: GuestProcess, program: number) =>
    process.errnos({
      link: bpf.call(bpf.CMD.LINK_CREATE, bpf.linkCreate(program, cgroup, bpf.ATTACH_TYPE.CGROUP_INET_INGRESS)),
      attach: bpf.call(bpf.CMD.PROG_ATTACH, bpf.progAttach(program, cgroup, bpf.ATTACH_TYPE.CGROUP_INET_EGRESS)),
    });
  const withoutNetAdmin = await forkWith(child, allBut(CAP.NET_ADMIN, CAP.SYS_ADMIN));
  const whileOpen = {
    loadedWithToken: await attach(child, withToken),
    loadedWithoutToken: await attach(child, withoutToken.number),
    withoutNetAdmin: await attach(withoutNetAdmin, withToken),
  };
  await withoutNetAdmin.close(token.number);
  await child.close(token);
  return { ...whileOpen, afterCloseOfToken: await attach(child, withToken) };
});
