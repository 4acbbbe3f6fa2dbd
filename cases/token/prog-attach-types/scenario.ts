import { ATTACH_TYPE, BPF, bpfCall, exit, instructions, move, PROG_TYPE, progLoad, scenario } from 'kconform';
import { EVEN_BITS, ID_MAPS, ODD_BITS, ownToken } from '../delegation.ts';
import { eachOf } from '../each.ts';

/** Zero is a return value that programs of each type below may have. */
const returnsZero = instructions(move(0, 0), exit());

/** Programs that name no attach type: those of old user space. */
const nameless = {
  socketFilter: PROG_TYPE.SOCKET_FILTER,
  kprobe: PROG_TYPE.KPROBE,
  cgroupSkb: PROG_TYPE.CGROUP_SKB,
  cgroupSock: PROG_TYPE.CGROUP_SOCK,
  skReuseport: PROG_TYPE.SK_REUSEPORT,
};

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: ID_MAPS });
  const tokenFor = (attachs: string) => ownToken(guest, child, { cmds: 'prog_load', progs: 'any', attachs });
  const [even, odd] = [await tokenFor(EVEN_BITS), await tokenFor(ODD_BITS)];
  const first = await tokenFor('cgroup_inet_ingress');
  const everything = await tokenFor('any');
  const fixedUp = await tokenFor('cgroup_inet_sock_create:sk_reuseport_select');

  /** A socket filter may name any attach type that there is. */
  const loadedAs = (token: (attachType: number) => typeof even) =>
    child.errnos(
      eachOf(ATTACH_TYPE, (attachType) =>
        bpfCall(
          BPF.PROG_LOAD,
          progLoad({ type: PROG_TYPE.SOCKET_FILTER, instructions: returnsZero, attachType, token: token(attachType) }),
        ),
      ),
    );
  const loadedNameless = (token: typeof even) =>
    child.errnos(
      eachOf(nameless, (type) => bpfCall(BPF.PROG_LOAD, progLoad({ type, instructions: returnsZero, token }))),
    );
  return {
    delegated: await loadedAs((attachType) => (attachType % 2 === 0 ? even : odd)),
    neighboursDelegated: await loadedAs((attachType) => (attachType % 2 === 0 ? odd : even)),
    /** A mask has a bit for each of these, and "any" has them all. */
    unknown: await child.errnos({
      attachType: bpfCall(
        BPF.PROG_LOAD,
        progLoad({ type: PROG_TYPE.SOCKET_FILTER, instructions: returnsZero, attachType: 63, token: everything }),
      ),
      progType: bpfCall(BPF.PROG_LOAD, progLoad({ type: 63, instructions: returnsZero, token: everything })),
    }),
    nameless: {
      firstDelegated: await loadedNameless(first),
      fixedUpDelegated: await loadedNameless(fixedUp),
    },
  };
});
