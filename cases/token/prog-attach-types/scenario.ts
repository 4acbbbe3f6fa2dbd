import { bpf, eachOf, instruction, SUBORDINATE_IDS, scenario } from 'kconform';
import { EVEN_BITS, ODD_BITS, ownToken } from '../delegation.ts';

/** Zero is a return value that programs of each type below may have. */
const returnsZero = instruction.sequence(instruction.move(0, 0), instruction.exit());

/** Programs that name no attach type: those of old user space. */
const nameless = {
  socketFilter: bpf.PROG_TYPE.SOCKET_FILTER,
  kprobe: bpf.PROG_TYPE.KPROBE,
  cgroupSkb: bpf.PROG_TYPE.CGROUP_SKB,
  cgroupSock: bpf.PROG_TYPE.CGROUP_SOCK,
  skReuseport: bpf.PROG_TYPE.SK_REUSEPORT,
};

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const tokenFor = (attachs: string) => ownToken(guest, child, { cmds: 'prog_load', progs: 'any', attachs });
  const [even, odd] = [await tokenFor(EVEN_BITS), await tokenFor(ODD_BITS)];
  const first = await tokenFor('cgroup_inet_ingress');
  const everything = await tokenFor('any');
  const fixedUp = await tokenFor('cgroup_inet_sock_create:sk_reuseport_select');

  /** A socket filter may name any attach type that there is. */
  const loadedAs = (token: (attachType: number) => typeof even) =>
    child.errnos(
      eachOf(bpf.ATTACH_TYPE, (attachType) =>
        bpf.call(
          bpf.CMD.PROG_LOAD,
          bpf.progLoad({
            type: bpf.PROG_TYPE.SOCKET_FILTER,
            instructions: returnsZero,
            attachType,
            token: token(attachType),
          }),
        ),
      ),
    );
  const loadedNameless = (token: typeof even) =>
    child.errnos(
      eachOf(nameless, (type) => bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ type, instructions: returnsZero, token }))),
    );
  return {
    delegated: await loadedAs((attachType) => (attachType % 2 === 0 ? even : odd)),
    neighboursDelegated: await loadedAs((attachType) => (attachType % 2 === 0 ? odd : even)),
    /** A mask has a bit for each of these, and "any" has them all. */
    unknown: await child.errnos({
      attachType: bpf.call(
        bpf.CMD.PROG_LOAD,
        bpf.progLoad({
          type: bpf.PROG_TYPE.SOCKET_FILTER,
          instructions: returnsZero,
          attachType: 63,
          token: everything,
        }),
      ),
      progType: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ type: 63, instructions: returnsZero, token: everything })),
    }),
    nameless: {
      firstDelegated: await loadedNameless(first),
      fixedUpDelegated: await loadedNameless(fixedUp),
    },
  };
});
